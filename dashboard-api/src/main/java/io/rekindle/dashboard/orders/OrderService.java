package io.rekindle.dashboard.orders;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.audit.AuditLog.Target;
import io.rekindle.dashboard.database.Work;
import io.rekindle.dashboard.orders.OrderTrace.Traced;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Records orders, each change in one transaction with its audit entry, and follows them.
 * Thread-safe.
 */
public final class OrderService {

  private final OrderTrace trace;

  /**
   * Creates the service.
   *
   * @param slot replication slot of the connector, which tells what is captured
   */
  public OrderService(Jdbi jdbi, String slot) {
    this.trace = new OrderTrace(jdbi, slot);
  }

  /** An order and where it is; empty if there is none of that id. */
  Optional<Traced> trace(String orderId) {
    return trace.of(orderId);
  }

  /** Creates an order; empty if the id is taken. */
  Work<Optional<ShopOrder>> create(NewOrder order, Actor actor) {
    return handle -> {
      Optional<ShopOrder> stored = OrderStore.insert(handle, List.of(order)).stream().findFirst();
      stored.ifPresent(created -> audit(handle, actor, "CREATE", null, created));
      return stored;
    };
  }

  /**
   * The orders of a batch as the shop has them now.
   *
   * @param created the ids of those that the batch created
   * @param orders by id, those that were there before, too
   */
  record StoredBatch(Set<String> created, Map<String, ShopOrder> orders) {}

  /** Creates the orders whose ids are free, of several with one id the first. */
  Work<StoredBatch> createAll(List<NewOrder> orders, Actor actor) {
    return handle -> {
      List<ShopOrder> stored = OrderStore.insert(handle, orders);
      AuditLog.record(
          handle, actor, "CREATE", Subject.ORDER.of(null), null, Map.of("created", stored.size()));
      Set<String> created =
          stored.stream().map(ShopOrder::orderId).collect(Collectors.toUnmodifiableSet());
      List<String> missing =
          orders.stream().map(NewOrder::orderId).filter(id -> !created.contains(id)).toList();
      Map<String, ShopOrder> all =
          Stream.concat(stored.stream(), OrderStore.byIds(handle, missing).stream())
              .collect(Collectors.toMap(ShopOrder::orderId, order -> order));
      return new StoredBatch(created, all);
    };
  }

  /**
   * Changes an order; empty if there is none of that id. The work throws {@link
   * ExcessiveRefundException} if the refund would exceed the amount.
   *
   * @param demand of the order before the change; what it throws ends the change
   */
  Work<Optional<ShopOrder>> change(
      String orderId, Consumer<ShopOrder> demand, OrderChange change, Actor actor) {
    return handle ->
        OrderStore.lock(handle, orderId)
            .map(
                before -> {
                  demand.accept(before);
                  ShopOrder changed = change.applyTo(before);
                  if (changed.refundedAmount().compareTo(changed.amount()) > 0) {
                    throw new ExcessiveRefundException();
                  }
                  ShopOrder after = OrderStore.update(handle, changed);
                  audit(handle, actor, "CHANGE", before, after);
                  return after;
                });
  }

  private static void audit(
      Handle handle, Actor actor, String action, ShopOrder before, ShopOrder after) {
    AuditLog.record(
        handle,
        actor,
        action,
        new Target(Subject.ORDER, after.orderId(), after.userId()),
        before,
        after);
  }
}
