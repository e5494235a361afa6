package io.rekindle.scoring.document;

/** Bounds of numbers that several sections of a policy share. */
public final class Limits {

  /** The shortest time in days, and the smallest step of any number. */
  public static final String MIN_ABOVE_ZERO = "0.001";

  /** The longest time in days. */
  public static final int MAX_DAYS = 36_500;

  /** The most orders or order days. */
  public static final int MAX_COUNT = 1_000;

  /** The most points; its negative is the fewest. */
  public static final int MAX_POINTS = 1_000;

  private Limits() {}
}
