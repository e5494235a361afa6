package io.rekindle.email;

import java.net.URI;
import java.net.URISyntaxException;

/** Checks URLs from settings. */
public final class WebUrl {

  private WebUrl() {}

  /**
   * Returns an http or https URL with a host.
   *
   * @param name of the setting, for the message
   * @throws IllegalArgumentException if the URL is missing or no such URL
   */
  public static URI require(String name, String url) {
    URI uri;
    try {
      uri = new URI(url == null ? "" : url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name + " is not a URL: " + e.getMessage(), e);
    }
    if (uri.getHost() == null || uri.getScheme() == null || !uri.getScheme().matches("https?")) {
      throw new IllegalArgumentException(name + " is not an http or https URL: " + url);
    }
    return uri;
  }

  /**
   * Returns an http or https URL that other parts can be appended to, without slashes at its end.
   *
   * @param name of the setting, for the message
   * @throws IllegalArgumentException if the URL is missing, no such URL, or has a user, a query or
   *     a fragment
   */
  public static String requireBase(String name, String url) {
    URI uri = require(name, url);
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(name + " has a user, a query or a fragment: " + url);
    }
    return url.replaceFirst("/+$", "");
  }
}
