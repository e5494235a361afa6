package io.rekindle.dashboard.statistics;

/** The clients of a segment, now or at the end of a past day. */
public interface SegmentTotals {

  String segment();

  long clients();

  /** Those of them who are at risk. */
  long atRisk();
}
