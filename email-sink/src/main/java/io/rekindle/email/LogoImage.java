package io.rekindle.email;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A logo that messages carry. Mail programs show it without asking a server. SVG is not taken,
 * since most mail programs do not show it and it can hold scripts.
 *
 * @param type {@code image/png} or {@code image/jpeg}, by the contents
 * @param base64 the file
 */
public record LogoImage(String type, String base64) {

  /** Largest file, in bytes: every message has a copy. */
  public static final int MAX_BYTES = 48 * 1024;

  /** Longest {@code data:} URI, in characters. */
  public static final int MAX_URI = 4 * ((MAX_BYTES + 2) / 3) + 30;

  /** Largest width and height, in pixels. */
  public static final int MAX_SIDE = 2_000;

  /** The id of the part of a message that has the logo. */
  public static final String CONTENT_ID = "logo";

  private static final Pattern URI =
      Pattern.compile("data:image/(?:png|jpeg);base64,([A-Za-z0-9+/]+={0,2})");

  /**
   * Reads a {@code data:} URI.
   *
   * @throws IllegalArgumentException says for people what is wrong with the image
   */
  public static LogoImage parse(String uri) {
    Matcher parts = URI.matcher(uri);
    if (!parts.matches()) {
      throw new IllegalArgumentException("has to be a PNG or JPEG image");
    }
    byte[] file = Base64.getDecoder().decode(parts.group(1));
    if (file.length > MAX_BYTES) {
      throw new IllegalArgumentException("has to be at most " + MAX_BYTES / 1024 + " KB");
    }
    String type = type(file);
    return new LogoImage(type, parts.group(1));
  }

  private static String type(byte[] file) {
    try (ImageInputStream input = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      while (readers.hasNext()) {
        ImageReader reader = readers.next();
        try {
          String format = reader.getFormatName();
          if (!format.equalsIgnoreCase("png") && !format.equalsIgnoreCase("jpeg")) {
            continue;
          }
          reader.setInput(input, true, true);
          if (reader.getWidth(0) > MAX_SIDE || reader.getHeight(0) > MAX_SIDE) {
            throw new IllegalArgumentException(
                "has to be at most " + MAX_SIDE + " pixels wide and high");
          }
          return format.equalsIgnoreCase("png") ? "image/png" : "image/jpeg";
        } finally {
          reader.dispose();
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("has to be a PNG or JPEG image that is whole", e);
    }
    throw new IllegalArgumentException("has to be a PNG or JPEG image");
  }

  public byte[] bytes() {
    return Base64.getDecoder().decode(base64);
  }

  /** The image as a {@code data:} URI, with the type of its contents. */
  public String uri() {
    return "data:" + type + ";base64," + base64;
  }
}
