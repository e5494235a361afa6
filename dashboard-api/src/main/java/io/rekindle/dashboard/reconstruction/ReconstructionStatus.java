package io.rekindle.dashboard.reconstruction;

import java.time.Instant;

/**
 * How far the reconstruction of the past has come.
 *
 * @param policyVersion the policy of all rows; null before the beginning, as the instants are
 * @param from the beginning of the past
 * @param until the first observed instant
 * @param clients how many clients are done
 * @param clientsTotal the clients of the shop at the beginning
 * @param rows the stored changes of scores
 * @param finishedAt null until the end
 * @param trouble why the last attempt failed; null if it did not
 */
public record ReconstructionStatus(
    State state,
    String policyVersion,
    Instant from,
    Instant until,
    long clients,
    long clientsTotal,
    long rows,
    Instant startedAt,
    Instant finishedAt,
    String trouble) {

  /** What the reconstruction does. */
  public enum State {
    /** The dashboard is not to reconstruct, and nothing has. */
    OFF,
    /** Not every client has a score yet. */
    WAITING,
    RUNNING,
    /** A run ended before its time; the next one goes on. */
    INTERRUPTED,
    /** The last attempt failed; the dashboard tries again. */
    FAILING,
    COMPLETE
  }

  /** The part of the clients that is done, 0 to 1. A client who came later counts as done. */
  public double share() {
    if (state == State.COMPLETE) {
      return 1;
    }
    return clientsTotal == 0 ? 0 : Math.min(1, (double) clients / clientsTotal);
  }

  static ReconstructionStatus before(State state) {
    return new ReconstructionStatus(state, null, null, null, 0, 0, 0, null, null, null);
  }
}
