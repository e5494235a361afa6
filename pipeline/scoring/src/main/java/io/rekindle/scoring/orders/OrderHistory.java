package io.rekindle.scoring.orders;

import io.rekindle.platform.text.CurrencyCodes;

/**
 * A read-only view of a user's orders, ascending by {@link #placedAt}; the order among equal times
 * does not matter. Rows without effect (net of zero or less) may be among them.
 *
 * <p>An interface of primitives rather than a list of objects, so that a caller can pass its own
 * compact state to the scorer without copying it.
 */
public interface OrderHistory {

  /** How many orders of a user count; beyond, the oldest are forgotten. */
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

  /** How many orders there are. */
  int size();

  /** When the order was placed, in epoch milliseconds. */
  long placedAt(int index);

  /**
   * Amount less refunds in hundredths of the currency's unit; zero for a cancelled order, negative
   * when more was refunded than paid.
   */
  long netMinor(int index);

  /**
   * The currency as {@link CurrencyCodes#pack} gives it, or {@link CurrencyCodes#BASE} if the
   * amount is in the policy's base currency already.
   */
  int currency(int index);
}
