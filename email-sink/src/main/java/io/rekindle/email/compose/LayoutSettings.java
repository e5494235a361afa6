package io.rekindle.email.compose;

import io.rekindle.email.SingleLine;
import io.rekindle.email.UnsubscribeLinks;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The facts about the shop in every email, from any writer.
 *
 * @param shopName as readers know it
 * @param shopUrl where the one call to action leads, http or https
 * @param postalAddress the sender's address, one line, that laws on commercial email ask for
 * @param unsubscribeUrl from the email's id to the http or https URL that ends such emails, such as
 *     {@link UnsubscribeLinks#url}
 */
public record LayoutSettings(
    String shopName, String shopUrl, String postalAddress, UnaryOperator<String> unsubscribeUrl) {

  private static final int MAX_SHOP_NAME = 40;
  private static final int MAX_ADDRESS = 200;

  /**
   * @throws IllegalArgumentException if any is missing or no such URL; names it
   */
  public LayoutSettings {
    shopName = line("shopName", shopName, MAX_SHOP_NAME);
    postalAddress = line("postalAddress", postalAddress, MAX_ADDRESS);
    requireWebAddress("shopUrl", shopUrl);
    Objects.requireNonNull(unsubscribeUrl, "unsubscribeUrl");
  }

  private static String line(String name, String value, int limit) {
    String line = SingleLine.of(value, limit);
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
