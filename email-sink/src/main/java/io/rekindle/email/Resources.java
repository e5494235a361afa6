package io.rekindle.email;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Texts that come with this module, UTF-8. */
final class Resources {

  private Resources() {}

  /** The resource of that name; null if there is none. */
  static String find(String name) {
    try (InputStream stream = Resources.class.getResourceAsStream(name)) {
      return stream == null ? null : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The resource of that name.
   *
   * @throws IllegalStateException if there is none of that name
   */
  static String get(String name) {
    String text = find(name);
    if (text == null) {
      throw new IllegalStateException("missing resource " + name);
    }
    return text;
  }
}
