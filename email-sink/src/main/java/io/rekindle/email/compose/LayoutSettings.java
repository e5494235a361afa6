package io.rekindle.email.compose;

import io.rekindle.email.SingleLine;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.WebUrl;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The facts about the shop in every email, from any writer.
 *
 * @param shopName as readers know it
 * @param shopUrl target of the one call to action, http or https
 * @param postalAddress the sender's address on one line, which laws on commercial email require
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
    WebUrl.require("shopUrl", shopUrl);
    Objects.requireNonNull(unsubscribeUrl, "unsubscribeUrl");
  }

  private static String line(String name, String value, int limit) {
    String line = SingleLine.of(value, limit);
    if (line.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty");
    }
    return line;
  }
}
