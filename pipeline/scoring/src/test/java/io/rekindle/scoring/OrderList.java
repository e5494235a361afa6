package io.rekindle.scoring;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** An order history of records, for tests. */
record OrderList(List<Order> list) implements OrderHistory {

  /** One order; the amount in hundredths of the currency's unit. */
  record Order(long placedAt, long netMinor, int currency) {
    Order(long placedAt, long netMinor) {
      this(placedAt, netMinor, CurrencyCodes.BASE);
    }
  }

  OrderList(List<Order> list) {
    List<Order> sorted = new ArrayList<>(list);
    sorted.sort(Comparator.comparingLong(Order::placedAt));
    this.list = List.copyOf(sorted);
  }

  static OrderList of(Order... orders) {
    return new OrderList(List.of(orders));
  }

  /** Reads {@code id@placed_at:net_minor;…}. */
  static OrderList parse(String text) {
    List<Order> orders = new ArrayList<>();
    for (String order : text.split(";", -1)) {
      if (!order.isEmpty()) {
        String[] timeAndNet = order.substring(order.indexOf('@') + 1).split(":", 2);
        orders.add(new Order(Long.parseLong(timeAndNet[0]), Long.parseLong(timeAndNet[1])));
      }
    }
    return new OrderList(orders);
  }

  @Override
  public int size() {
    return list.size();
  }

  @Override
  public long placedAt(int index) {
    return list.get(index).placedAt();
  }

  @Override
  public long netMinor(int index) {
    return list.get(index).netMinor();
  }

  @Override
  public int currency(int index) {
    return list.get(index).currency();
  }
}
