package io.rekindle.prediction;

import io.rekindle.scoring.orders.OrderHistory;

/**
 * The orders of a shop, client by client. A fit reads them three times or more, and keeps nothing
 * of a client but sums. So an implementation can read a file or a cursor each time, as long as the
 * orders are the same: all from one snapshot.
 */
@FunctionalInterface
public interface ShopOrders {

  /** Shows every client with an order once, in any sequence. */
  void forEachClient(Visitor visitor);

  /** Receives one client after the other. */
  @FunctionalInterface
  interface Visitor {

    /**
     * Receives a client.
     *
     * @param userId the client's id
     * @param orders all orders of the client, only valid during the call; the amounts must be in
     *     one currency, since a fit converts none
     */
    void client(String userId, OrderHistory orders);
  }
}
