package io.rekindle.scoring.orders;

import io.rekindle.platform.text.CurrencyCodes;

/**
 * A read-only view of a user's orders, ascending by {@link #placedAt}. Equal times may have any
 * order. Orders without effect, with a net of zero or less, may be among them.
 *
 * <p>The interface has primitives instead of a list of objects, so that a caller can pass its own
 * compact state to the scorer without a copy.
 */
public interface OrderHistory {

  /**
   * The most orders of a user that count: the newest by {@link #placedAt}, and at equal times by
   * the bytes of their ids. Older ones count again when newer ones go.
   */
  int MAX_ORDERS = 1_000;

  /** A user without orders. */
  OrderHistory EMPTY =
      new OrderHistory() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public long placedAt(int index) {
          throw new IndexOutOfBoundsException(index);
        }

        @Override
        public long netMinor(int index) {
          throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int currency(int index) {
          throw new IndexOutOfBoundsException(index);
        }
      };

  /** The number of orders. */
  int size();

  /** The time of the order, epoch milliseconds. */
  long placedAt(int index);

  /**
   * Amount less refunds in hundredths of the currency's unit; zero for a cancelled order, negative
   * if the refunds exceed the payment.
   */
  long netMinor(int index);

  /**
   * The currency in the form of {@link CurrencyCodes#pack}, or {@link CurrencyCodes#BASE} for an
   * amount in the policy's base currency.
   */
  int currency(int index);
}
