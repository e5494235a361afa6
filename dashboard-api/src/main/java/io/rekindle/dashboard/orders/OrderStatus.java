package io.rekindle.dashboard.orders;

/** Whether an order counts: a cancelled one does not. */
enum OrderStatus {
  PLACED,
  CANCELLED
}
