package io.rekindle.prediction;

/**
 * What the Gamma-Gamma model knows of a client: the effective orders of known amounts after the
 * first order day.
 *
 * @param orders how many
 * @param total their amounts in hundredths
 */
public record RepeatSpend(int orders, long total) implements Comparable<RepeatSpend> {

  @Override
  public int compareTo(RepeatSpend other) {
    int order = Integer.compare(orders, other.orders);
    return order == 0 ? Long.compare(total, other.total) : order;
  }
}
