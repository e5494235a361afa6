package io.rekindle.email;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * What the template says about the shop.
 *
 * @param shopName as readers know it
 * @param shopUrl where the one call to action leads, http or https
 * @param unsubscribeUrl http or https; {@code {userId}} in it stands for the encoded user id
 * @param postalAddress the sender's address, one line, that laws on commercial email ask for
 */
public record TemplateSettings(
    String shopName, String shopUrl, String unsubscribeUrl, String postalAddress) {

  /** Stands for the user's id in {@link #unsubscribeUrl}. */
  public static final String USER_ID = "{userId}";

  private static final int MAX_SHOP_NAME = 40;
  private static final int MAX_ADDRESS = 200;

  /**
   * @throws IllegalArgumentException if any is missing or no such URL; names it
   */
  public TemplateSettings {
    shopName = line("shopName", shopName, MAX_SHOP_NAME);
    postalAddress = line("postalAddress", postalAddress, MAX_ADDRESS);
    requireWebAddress("shopUrl", shopUrl);
    requireWebAddress("unsubscribeUrl", unsubscribeUrl.replace(USER_ID, "x"));
  }

  private static String line(String name, String value, int limit) {
    String line = OneLine.of(value, limit);
    if (line.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty");
    }
    return line;
  }

  private static void requireWebAddress(String name, String url) {
    try {
      URI uri = new URI(url);
      if (uri.getHost() != null && uri.getScheme().matches("https?")) {
        return;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name + " is not a URL: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(name + " is not an http or https URL: " + url);
  }
}
