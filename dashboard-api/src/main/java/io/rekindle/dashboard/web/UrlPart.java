package io.rekindle.dashboard.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Texts as parts of a URL's path or query. */
public final class UrlPart {

  private UrlPart() {}

  /** Percent-encodes a text; a space becomes {@code %20}, which both paths and queries take. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
