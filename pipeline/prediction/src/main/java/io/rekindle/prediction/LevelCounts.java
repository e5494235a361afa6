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

  private static final int INITIAL_CAPACITY = 1 << 10;

  // The lowest spend of each range but the first, ascending.
  private final long[] borders;

  // Open addressing: keys are one more than a number of levels and range, and 0 is free.
  private long[] keys = new long[INITIAL_CAPACITY];
  private int[] returns = new int[INITIAL_CAPACITY];
  private int[] others = new int[INITIAL_CAPACITY];
  private int size;

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
    int range = Arrays.binarySearch(borders, client.spendInWindow());
    range = range >= 0 ? range + 1 : -range - 1;
    long key =
        ((long) client.levelsBeforeValue() * TieredFactor.LOYALTY.levels() + client.loyaltyLevel())
                * (borders.length + 1)
            + range
            + 1;
    int place = place(key);
    if (keys[place] == 0) {
      keys[place] = key;
      size++;
    }
    (returned ? returns : others)[place]++;
    if (2 * size > keys.length) {
      grow();
    }
  }

  private int place(long key) {
    int mask = keys.length - 1;
    int place = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    while (keys[place] != 0 && keys[place] != key) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    final long[] oldKeys = keys;
    final int[] oldReturns = returns;
    final int[] oldOthers = others;
    keys = new long[2 * oldKeys.length];
    returns = new int[keys.length];
    others = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        returns[place] = oldReturns[i];
        others[place] = oldOthers[i];
      }
    }
  }

  /** Adds the counts to those of a fit. */
  void addTo(ExampleCounts fit, int snapshot, long reference) {
    int ranges = borders.length + 1;
    int[] levels = new int[ranges];
    for (int range = 1; range < ranges; range++) {
      levels[range] = TieredFactor.VALUE.level(borders[range - 1], reference);
    }
    int loyalties = TieredFactor.LOYALTY.levels();
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        long number = keys[i] - 1;
        int level = levels[(int) (number % ranges)];
        int otherLevels = (int) (number / ranges);
        int cell = TierCell.of(otherLevels / loyalties, level, otherLevels % loyalties);
        fit.add(cell, snapshot, returns[i], others[i]);
      }
    }
  }
}
