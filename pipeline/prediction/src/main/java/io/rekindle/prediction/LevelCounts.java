package io.rekindle.prediction;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Counts the examples of one instant for several fits at once. Their cells differ in the level of
 * value alone, since each fit has a reference value of its own. So spends are counted by the range
 * between the borders of all fits, and each fit finds its level afterwards.
 */
final class LevelCounts {

  // The lowest spend of each range but the first, ascending.
  private final long[] borders;
  private final PairCounts returnsAndOthers = new PairCounts();

  /**
   * @param references of the fits, in hundredths
   */
  LevelCounts(long[] references) {
    SortedSet<Long> lowest = new TreeSet<>();
    for (long reference : references) {
      lowest.addAll(TieredFactor.VALUE.lowest(reference));
    }
    borders = lowest.stream().mapToLong(Long::longValue).toArray();
  }

  void add(ClientSweep client, boolean returned) {
    int place = Arrays.binarySearch(borders, client.spendInWindow());
    int range = place >= 0 ? place + 1 : -place - 1;
    long levels =
        (long) client.levelsBeforeValue() * TieredFactor.LOYALTY.levels() + client.loyaltyLevel();
    returnsAndOthers.add(levels * ranges() + range, returned);
  }

  private int ranges() {
    return borders.length + 1;
  }

  /** Adds the counts to those of a fit. */
  void addTo(ExampleCounts fit, int snapshot, long reference) {
    int[] levels = new int[ranges()];
    for (int range = 1; range < levels.length; range++) {
      levels[range] = TieredFactor.VALUE.level(borders[range - 1], reference);
    }
    int loyalties = TieredFactor.LOYALTY.levels();
    returnsAndOthers.forEach(
        (key, returns, others) -> {
          int value = levels[(int) (key % levels.length)];
          int rest = (int) (key / levels.length);
          fit.add(
              TierCell.of(rest / loyalties, value, rest % loyalties), snapshot, returns, others);
        });
  }
}
