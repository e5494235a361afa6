package io.rekindle.prediction;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A shop in memory, for tests. */
final class ListedShop implements ShopOrders {

  /**
   * An order.
   *
   * @param placedAt epoch milliseconds
   * @param net hundredths; zero for a cancelled order
   */
  record Order(String userId, long placedAt, long net) {}

  private final List<Order> orders;
  private final Map<String, List<Order>> byUser = new LinkedHashMap<>();

  ListedShop(List<Order> orders) {
    this.orders = List.copyOf(orders);
    for (Order order : orders) {
      byUser.computeIfAbsent(order.userId(), user -> new ArrayList<>()).add(order);
    }
    byUser.values().forEach(list -> list.sort(Comparator.comparingLong(Order::placedAt)));
  }

  /** The orders of the examples. */
  static ListedShop onlineRetail() {
    List<Order> orders = new ArrayList<>();
    try (InputStream file =
            ListedShop.class.getResourceAsStream("/examples/fitted/online-retail-orders.csv.gz");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] values = line.split(",", -1);
        long minor = new BigDecimal(values[3]).movePointRight(2).longValueExact();
        orders.add(
            new Order(
                values[1],
                Instant.parse(values[2]).toEpochMilli(),
                values[5].equals("PLACED") ? minor : 0));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ListedShop(orders);
  }

  List<Order> orders() {
    return orders;
  }

  Map<String, List<Order>> byUser() {
    return byUser;
  }

  /** The orders in the form of the engine. */
  static OrderTable table(List<Order> orders) {
    OrderTable table = new OrderTable();
    orders.forEach(order -> table.add(order.placedAt(), order.net(), CurrencyCodes.BASE));
    return table;
  }

  @Override
  public void forEachClient(Visitor visitor) {
    byUser.forEach((user, list) -> visitor.client(user, table(list)));
  }
}
