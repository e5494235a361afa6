package io.rekindle.connectors.events;

/** Which decisions get the emails of a day, if there are more of them than the daily cap. */
public enum CapOrder {
  /** The first decisions of the UTC day; of one instant, the newest risk. */
  FIRST_DECIDED,

  /**
   * The most value at stake of the UTC day; of one value, the newest risk. Decisions without a
   * value come last. A decision waits for the end of its day.
   */
  VALUE_AT_STAKE
}
