package io.rekindle.dashboard.database;

/** Texts in patterns of SQL's like. */
public final class LikePattern {

  private LikePattern() {}

  /** Escapes a text so that it matches only itself. */
  public static String literal(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
