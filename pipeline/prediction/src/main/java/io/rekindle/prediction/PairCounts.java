package io.rekindle.prediction;

/**
 * Two counts by key, in open addressing: memory and time of a map of boxed numbers would be several
 * times as much.
 */
final class PairCounts {

  private static final int INITIAL_CAPACITY = 1 << 10;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int HASH_SHIFT = 32;

  // A place has the key + 1, and 0 if it is free.
  private long[] keys = new long[INITIAL_CAPACITY];
  private long[] first = new long[INITIAL_CAPACITY];
  private long[] second = new long[INITIAL_CAPACITY];
  private int size;

  /** Receives a key with its counts. */
  @FunctionalInterface
  interface Visitor {

    /** Receives a key with its counts. */
    void counts(long key, long first, long second);
  }

  /**
   * Adds one.
   *
   * @param key not below zero
   */
  void add(long key, boolean toFirst) {
    int place = place(key + 1);
    if (keys[place] == 0) {
      keys[place] = key + 1;
      size++;
    }
    (toFirst ? first : second)[place]++;
    if (2 * size > keys.length) {
      grow();
    }
  }

  private int place(long kept) {
    int mask = keys.length - 1;
    int place = (int) ((kept * SPREAD) >>> HASH_SHIFT) & mask;
    while (keys[place] != 0 && keys[place] != kept) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    final long[] oldKeys = keys;
    final long[] oldFirst = first;
    final long[] oldSecond = second;
    keys = new long[2 * oldKeys.length];
    first = new long[keys.length];
    second = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        first[place] = oldFirst[i];
        second[place] = oldSecond[i];
      }
    }
  }

  /** Shows every key once, in any sequence. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        visitor.counts(keys[i] - 1, first[i], second[i]);
      }
    }
  }
}
