package io.rekindle.dashboard.orders;

/** A refund that exceeds the amount of its order. */
final class ExcessiveRefundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ExcessiveRefundException() {
    // Expected and answered: a stack trace would not help.
    super("The refund exceeds the amount of the order.", null, false, false);
  }
}
