package io.rekindle.dashboard.statistics;

import java.time.LocalDate;
import java.util.List;

/**
 * From which segment to which the clients went between the ends of two UTC days. Erased clients are
 * missing.
 *
 * @param from the first day
 * @param to the second day, after it
 * @param fromReconstructed whether the segments of the first day were computed from the orders;
 *     false if they were observed
 * @param toReconstructed the same of the second day
 * @param clients those who had a segment on one of the days
 * @param stayed those of them whose segment was the same on both
 * @param transfers most clients first
 */
public record Movement(
    LocalDate from,
    LocalDate to,
    boolean fromReconstructed,
    boolean toReconstructed,
    long clients,
    long stayed,
    List<Flow> transfers) {

  /** In parameters, no segment: the shop did not have the client. */
  public static final String NONE = "NONE";

  /**
   * Clients who went from one segment to another, or stayed.
   *
   * @param from null if the shop did not have the client on the first day
   * @param to null if the client had no segment on the second day
   */
  public record Flow(String from, String to, long clients) {

    boolean stayed() {
      return from != null && from.equals(to);
    }
  }

  static Movement of(LocalDate from, LocalDate to, KnownHistory known, List<Flow> transfers) {
    return new Movement(
        from,
        to,
        known.isReconstructed(from),
        known.isReconstructed(to),
        transfers.stream().mapToLong(Flow::clients).sum(),
        transfers.stream().filter(Flow::stayed).mapToLong(Flow::clients).sum(),
        transfers);
  }

  /** Path of the list of the clients of a flow; null for those without a segment at the end. */
  public String link(Flow flow) {
    return flow.to() == null
        ? null
        : "/clients?on=%s&segment=%s&movedFrom=%s&movedFromDay=%s"
            .formatted(to, flow.to(), flow.from() == null ? NONE : flow.from(), from);
  }
}
