package io.rekindle.bench.torture;

import io.rekindle.bench.torture.Honesty.Claim;
import io.rekindle.bench.torture.Honesty.Truth;
import io.rekindle.local.process.PausingThread;
import io.rekindle.local.stack.StackStatus;
import io.rekindle.local.stack.StatusCollector;
import io.rekindle.local.terminal.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Asks for the status again and again, and compares it with the truth. */
final class StatusSampler implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  private final TortureStack stack;
  private final Honesty honesty = new Honesty();
  private final List<String> lies = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger samples = new AtomicInteger();
  private final PausingThread thread;
  private String lastShown = "";

  StatusSampler(TortureStack stack) {
    this.stack = stack;
    this.thread = new PausingThread("torture-status", stack.timeout(), this::run);
    thread.start();
  }

  List<String> lies() {
    synchronized (lies) {
      return List.copyOf(lies);
    }
  }

  int samples() {
    return samples.get();
  }

  @Override
  public void close() {
    thread.close();
  }

  private void run() {
    while (thread.pause(PAUSE)) {
      if (!stack.changing()) {
        sample();
      }
    }
  }

  private void sample() {
    Truth before;
    Claim claim;
    Truth after;
    try {
      before = truth();
      StackStatus status = new StatusCollector(stack.data(), stack.info()).collect();
      claim = claim(status);
      after = truth();
      show(status, claim);
    } catch (Failure e) {
      // No stack runs any more.
      return;
    }
    if (stack.changing()) {
      return;
    }
    samples.incrementAndGet();
    for (String lie : honesty.lies(before, claim, after)) {
      lies.add(lie);
      stack.log().say("LIE %s", lie);
    }
  }

  private Truth truth() {
    String scoredUntil = null;
    Duration age = null;
    try (Connection connection = stack.info().ownerDatabase(ANSWER_LIMIT).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select scored_until::text, extract(epoch from clock_timestamp() - scored_until)"
                    + " from engagement.scored_until where scored_until is not null")) {
      if (row.next()) {
        scoredUntil = row.getString(1);
        age = Duration.ofMillis((long) (1000 * row.getDouble(2)));
      }
    } catch (SQLException e) {
      // The database does not say: neither can the status be held to it.
      scoredUntil = null;
      age = null;
    }
    return new Truth(System.nanoTime(), Processes.seen(stack.data()), scoredUntil, age);
  }

  static Claim claim(StackStatus status) {
    Set<String> troubled =
        status.components().entrySet().stream()
            .filter(entry -> !entry.getValue().healthy())
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    return new Claim(status.healthy(), troubled);
  }

  /** Writes a status into the log when it says something new. */
  private void show(StackStatus status, Claim claim) {
    String why = status.watermark().why();
    String shown =
        claim.healthy()
            ? "ok"
            : "trouble%s%s%s%s"
                .formatted(
                    claim.troubled().isEmpty()
                        ? ""
                        : " with " + String.join(", ", claim.troubled()),
                    status.connector().healthy() ? "" : ", connector",
                    status.job().healthy() ? "" : ", job " + status.job().state(),
                    why == null ? "" : ": time stands still: " + why);
    if (!shown.equals(lastShown)) {
      stack.log().say("status: %s", shown);
      lastShown = shown;
    }
  }
}
