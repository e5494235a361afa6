package io.rekindle.bench.torture;

import io.rekindle.bench.torture.Processes.Seen;
import io.rekindle.bench.torture.Processes.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a status agrees with what was true all the while it was asked for. A status tells a lie
 * if it calls a component healthy whose process has ended or is frozen, or a stack healthy whose
 * time stands still.
 */
final class Honesty {

  /** The age of the scores from which on {@code status} promises to speak of a standstill. */
  private static final Duration STANDSTILL = Duration.ofSeconds(10);

  /** A frozen process answers nothing; who waits for it needs this long to conclude so. */
  private static final Duration TO_NOTICE_A_FREEZE = Duration.ofSeconds(15);

  /**
   * What is true at one instant.
   *
   * @param nanos the instant by a clock that only moves forward
   * @param processes by component
   * @param scoredUntil as text; null if the database does not say
   * @param age of {@code scoredUntil} by the database's clock; null if the database does not say
   */
  record Truth(long nanos, Map<String, Seen> processes, String scoredUntil, Duration age) {}

  /**
   * What a status says.
   *
   * @param troubled the components that it calls unhealthy
   */
  record Claim(boolean healthy, Set<String> troubled) {}

  /** The first instant of the present freeze of a process. */
  private final Map<Seen, Long> frozenSince = new HashMap<>();

  /** Returns the lies of a status that was asked for between two instants, a sentence each. */
  List<String> lies(Truth before, Claim claim, Truth after) {
    List<String> lies = new ArrayList<>();
    before
        .processes()
        .forEach(
            (component, seen) -> {
              // The same process in the same state at both ends was so in between.
              if (seen.equals(after.processes().get(component))
                  && mustBeNamed(seen, before.nanos())
                  && (claim.healthy() || !claim.troubled().contains(component))) {
                lies.add(
                    "%s (pid %d) has %s, and status calls %s healthy"
                        .formatted(
                            component,
                            seen.pid(),
                            seen.state() == State.ENDED ? "ended" : "been frozen",
                            claim.healthy() ? "everything" : "it"));
              }
            });
    if (claim.healthy()
        && before.age() != null
        && before.age().compareTo(STANDSTILL) > 0
        && before.scoredUntil().equals(after.scoredUntil())) {
      lies.add(
          "time has stood still at %s for %d s, and status calls everything healthy"
              .formatted(before.scoredUntil(), before.age().toSeconds()));
    }
    remember(after);
    return lies;
  }

  private boolean mustBeNamed(Seen seen, long nanos) {
    return switch (seen.state()) {
      case RUNS -> false;
      case ENDED -> true;
      case FROZEN -> {
        Long since = frozenSince.get(seen);
        yield since != null && nanos - since >= TO_NOTICE_A_FREEZE.toNanos();
      }
    };
  }

  private void remember(Truth truth) {
    frozenSince.keySet().retainAll(truth.processes().values());
    truth.processes().values().stream()
        .filter(seen -> seen.state() == State.FROZEN)
        .forEach(seen -> frozenSince.putIfAbsent(seen, truth.nanos()));
  }
}
