package io.rekindle.email;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A colour of a screen.
 *
 * @param rgb of sRGB: eight bits each of red, green and blue
 */
public record Colour(int rgb) {

  public static final Colour BLACK = new Colour(0x000000);
  public static final Colour WHITE = new Colour(0xffffff);

  private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");

  /**
   * Reads the notation {@code #7a3b1d}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Colour parse(String hex) {
    if (hex == null || !HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a colour such as #7a3b1d");
    }
    return new Colour(Integer.parseInt(hex.substring(1), 16));
  }

  /**
   * The contrast of text in one of two colours on the other, from 1 to 21.
   *
   * @see <a href="https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio">WCAG 2.2, contrast ratio</a>
   */
  public double contrastWith(Colour other) {
    double lighter = Math.max(luminance(), other.luminance());
    double darker = Math.min(luminance(), other.luminance());
    return (lighter + 0.05) / (darker + 0.05);
  }

  /**
   * Relative luminance from 0 for black to 1 for white.
   *
   * @see <a href="https://www.w3.org/TR/WCAG22/#dfn-relative-luminance">WCAG 2.2</a>
   */
  double luminance() {
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int channel) {
    double value = (channel & 0xff) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  /**
   * A mixture with another colour.
   *
   * @param share of the other, from 0 to 1
   */
  public Colour mixedWith(Colour other, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int own = rgb >> shift & 0xff;
      int foreign = other.rgb >> shift & 0xff;
      mixed |= (int) Math.round(own + (foreign - own) * share) << shift;
    }
    return new Colour(mixed);
  }

  /** The colour of the same hue and saturation whose largest channel is full; white for black. */
  public Colour brightest() {
    int largest = Math.max(rgb >> 16 & 0xff, Math.max(rgb >> 8 & 0xff, rgb & 0xff));
    if (largest == 0) {
      return WHITE;
    }
    int bright = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      bright |= (int) Math.round((rgb >> shift & 0xff) * 255.0 / largest) << shift;
    }
    return new Colour(bright);
  }

  /** In the notation {@code #7a3b1d}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%06x", rgb);
  }
}
