package io.rekindle.prediction;

/**
 * What MBG/NBD knows of a client. Times are weeks.
 *
 * @param repeats order days after the first
 * @param lastAt from the first order day to the last
 * @param age from the midnight of the first order day to the instant
 */
public record BuyingRecord(int repeats, double lastAt, double age)
    implements Comparable<BuyingRecord> {

  @Override
  public int compareTo(BuyingRecord other) {
    int order = Integer.compare(repeats, other.repeats);
    if (order == 0) {
      order = Double.compare(lastAt, other.lastAt);
    }
    return order == 0 ? Double.compare(age, other.age) : order;
  }
}
