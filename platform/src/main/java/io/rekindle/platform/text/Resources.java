package io.rekindle.platform.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Files on the class path. A name is relative to a class, or absolute if it begins with a slash.
 */
public final class Resources {

  private Resources() {}

  /** Returns the text of a file in UTF-8; null without the file. */
  public static String find(Class<?> beside, String name) {
    try (InputStream stream = beside.getResourceAsStream(name)) {
      return stream == null ? null : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }

  /**
   * Returns the text of a file in UTF-8.
   *
   * @throws IllegalStateException if there is no such file
   */
  public static String get(Class<?> beside, String name) {
    String text = find(beside, name);
    if (text == null) {
      throw missing(beside, name);
    }
    return text;
  }

  /**
   * Returns the properties of a file in UTF-8.
   *
   * @throws IllegalStateException if there is no such file
   */
  public static Properties properties(Class<?> beside, String name) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(get(beside, name)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
    return properties;
  }

  /**
   * Returns the bytes of a file. The caller closes them.
   *
   * @throws IllegalStateException if there is no such file
   */
  public static InputStream open(Class<?> beside, String name) {
    InputStream stream = beside.getResourceAsStream(name);
    if (stream == null) {
      throw missing(beside, name);
    }
    return stream;
  }

  private static IllegalStateException missing(Class<?> beside, String name) {
    return new IllegalStateException("missing resource " + name + " beside " + beside.getName());
  }
}
