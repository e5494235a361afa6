package io.rekindle.platform.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** UTF-8 texts on the class path that lie beside a class. */
public final class Resources {

  private Resources() {}

  /** The resource of that name, relative to the class; null if there is none. */
  public static String find(Class<?> beside, String name) {
    try (InputStream stream = beside.getResourceAsStream(name)) {
      return stream == null ? null : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The resource of that name, relative to the class.
   *
   * @throws IllegalStateException if there is none of that name
   */
  public static String get(Class<?> beside, String name) {
    String text = find(beside, name);
    if (text == null) {
      throw new IllegalStateException("missing resource " + name + " beside " + beside.getName());
    }
    return text;
  }
}
