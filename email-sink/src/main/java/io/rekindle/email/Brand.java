package io.rekindle.email;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a shop's emails look, and who they are from. A brand never changes: a change makes a new
 * version.
 *
 * @param version counts the brands of the shop, from 1
 * @param logoUrl https address of the logo; null for none, or for {@code logoData}
 * @param logoData the logo as a {@code data:} URI of {@link LogoImage}, which each message carries;
 *     null for none
 * @param footer a line above the postal address; null for none
 * @param senderName the name in From; null for that of the sender's settings
 * @param replyTo the address in Reply-To; null for that of the sender's settings
 */
public record Brand(
    int version,
    String logoUrl,
    String logoData,
    Palette palette,
    Font headingFont,
    Font bodyFont,
    String footer,
    String senderName,
    String replyTo) {

  /** The longest footer, in characters. */
  public static final int MAX_FOOTER = 300;

  /** The longest name of a sender, in characters. */
  public static final int MAX_SENDER_NAME = 60;

  /** Least contrast of text of any size, by WCAG 2.2 at level AA. */
  public static final double MIN_CONTRAST = 4.5;

  /** The brand of a shop that has chosen nothing. */
  public static final Brand DEFAULT =
      new Brand(
          1,
          null,
          null,
          new Palette(
              Colour.parse("#f4f1ec"),
              Colour.parse("#ffffff"),
              Colour.parse("#2b2622"),
              Colour.parse("#7a3b1d"),
              Colour.parse("#ffffff"),
              Colour.parse("#6b625a")),
          Font.GEORGIA,
          Font.HELVETICA,
          null,
          null,
          null);

  /** Fonts that are on the readers' machines; each stack ends in a family of every machine. */
  public enum Font {
    HELVETICA("Helvetica,Arial,sans-serif"),
    VERDANA("Verdana,Geneva,sans-serif"),
    TREBUCHET("'Trebuchet MS',Tahoma,sans-serif"),
    GEORGIA("Georgia,'Times New Roman',serif"),
    PALATINO("'Palatino Linotype',Palatino,serif");

    private final String stack;

    Font(String stack) {
      this.stack = stack;
    }

    /** The value of {@code font-family}. */
    public String stack() {
      return stack;
    }
  }

  /**
   * The colours of an email on a light screen. The dark ones follow from them.
   *
   * @param background around the paper, with the footer on it
   * @param paper behind the text
   * @param accent of headings and the button
   */
  public record Palette(
      Colour background,
      Colour paper,
      Colour text,
      Colour accent,
      Colour buttonText,
      Colour footerText) {

    /** The pairs of colours that readers have to tell apart, with their contrast. */
    public List<Contrast> contrasts() {
      return List.of(
          new Contrast("text", text, "paper", paper),
          new Contrast("accent", accent, "paper", paper),
          new Contrast("buttonText", buttonText, "accent", accent),
          new Contrast("footerText", footerText, "background", background));
    }
  }

  /**
   * A colour of text on another.
   *
   * @param text name of the component of {@link Palette}
   * @param ground likewise
   */
  public record Contrast(String text, Colour textColour, String ground, Colour groundColour) {

    /** From 1 to 21. */
    public double ratio() {
      return textColour.contrastWith(groundColour);
    }

    public boolean suffices() {
      return ratio() >= MIN_CONTRAST;
    }

    /** The ratio as people write it, cut so that an insufficient one never looks sufficient. */
    public String shown() {
      return String.format(Locale.ROOT, "%.1f:1", Math.floor(ratio() * 10) / 10);
    }
  }

  /** The pairs whose contrast is too low; empty for a brand that can be used. */
  public List<Contrast> tooLow() {
    List<Contrast> low = new ArrayList<>(palette.contrasts());
    low.removeIf(Contrast::suffices);
    return low;
  }
}
