package io.rekindle.local.importing;

/** What the status of an order in an export means here. */
enum OrderState {
  /** An order of which the refunded amount says what was given back. */
  PLACED,
  /** An order that was given back, whole if the export names no refunded amount. */
  REFUNDED,
  /** An order that came to nothing: cancelled, failed, expired. */
  CANCELLED,
  /** No order yet, such as a draft or an unpaid cart. It may become one. */
  UNFINISHED
}
