package io.rekindle.email.sender.outbox;

import io.rekindle.platform.rest.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The recipients' domains that rest, so that the trouble with one does not hold the others. Each
 * pause in a row is longer. The sending thread changes them; any thread may count them.
 */
final class DomainPauses {

  private static final Duration MAX_PAUSE = Duration.ofHours(1);

  /**
   * @param inARow pauses since the domain accepted an email
   */
  private record Pause(int inARow, Instant until) {}

  private final Backoff pauses;
  private final Map<String, Pause> domains = new ConcurrentHashMap<>();

  DomainPauses(Duration first) {
    this.pauses = new Backoff(first, MAX_PAUSE);
  }

  /** Begins a pause, and returns its end. */
  Instant begin(String domain, Instant now) {
    domains.values().removeIf(old -> old.until().isBefore(now.minus(MAX_PAUSE)));
    return domains
        .compute(
            domain,
            (name, last) -> {
              int inARow = last == null ? 1 : last.inARow() + 1;
              return new Pause(inARow, now.plus(pauses.after(inARow)));
            })
        .until();
  }

  /** The domain has accepted an email. */
  void end(String domain) {
    domains.remove(domain);
  }

  /** When the pause of a domain ends; empty if it does not rest. */
  Optional<Instant> end(String domain, Instant now) {
    return Optional.ofNullable(domains.get(domain))
        .map(Pause::until)
        .filter(until -> until.isAfter(now));
  }

  /** How many domains rest. */
  long count(Instant now) {
    return domains.values().stream().filter(pause -> pause.until().isAfter(now)).count();
  }
}
