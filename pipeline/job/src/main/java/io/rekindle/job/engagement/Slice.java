package io.rekindle.job.engagement;

import java.io.Serializable;

/** Ends a slice of work, so that barriers and cancellation pass between two slices. */
interface Slice extends Serializable {

  /** Begins a slice. */
  void begin();

  /** Whether the slice is to end after the present user. */
  boolean over();

  /** A slice of a length of time. */
  static Slice ofMillis(long millis) {
    return new Slice() {
      private static final long serialVersionUID = 1L;

      private long began;

      @Override
      public void begin() {
        began = System.nanoTime();
      }

      @Override
      public boolean over() {
        return System.nanoTime() - began >= millis * 1_000_000;
      }
    };
  }
}
