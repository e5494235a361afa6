package io.rekindle.platform.text;

/** The version of this build. */
public final class Version {

  /** For instance {@code 0.1.0}. */
  public static final String CURRENT =
      Resources.properties(Version.class, "version.properties").getProperty("version");

  private Version() {}
}
