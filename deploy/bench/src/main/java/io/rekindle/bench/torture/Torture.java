package io.rekindle.bench.torture;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** One run: starts the stack, hurts it until the time is over, lets it recover and checks it. */
final class Torture {

  private final TortureStack stack;
  private final long seed;
  private final Duration limit;
  private final Schedule schedule;

  /**
   * @param limit no fault begins after this time
   */
  Torture(TortureStack stack, long seed, Duration limit, Collection<Fault> faults) {
    this.stack = stack;
    this.seed = seed;
    this.limit = limit;
    this.schedule = new Schedule(seed, faults);
  }

  /** Runs and stops the stack; returns a sentence for each thing that is wrong. */
  List<String> run() throws IOException, InterruptedException {
    stack.log().say("seed %d, %d s", seed, limit.toSeconds());
    try {
      stack.start();
      return hurtAndCheck();
    } finally {
      stack.stop();
    }
  }

  private List<String> hurtAndCheck() throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    for (String sql : LoadPlan.preparation()) {
      stack.eventually("the shop is prepared", () -> stack.execute(sql));
    }
    try (StatusSampler status = new StatusSampler(stack)) {
      Load load = new Load(stack, new LoadPlan(seed));
      stack.load(load);
      int faults;
      try (load) {
        faults = strike(wrong, load);
      }
      if (load.failure() != null) {
        wrong.add("the load ended: " + load.failure().getMessage());
      }
      stack.log().say("%d commits, %d interruptions", load.commits(), load.interruptions());
      try {
        DatabaseFaults.endSilence(stack);
        wrong.addAll(new Checks(stack, faults).run());
      } catch (Failure e) {
        wrong.add("no stack to check: " + e.getMessage());
      }
      stack.log().say("%d samples of the status, %d lies", status.samples(), status.lies().size());
      wrong.addAll(status.lies());
    }
    return wrong;
  }

  /** Returns the number of faults. */
  private int strike(List<String> wrong, Load load) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Step step = schedule.next();
      Thread.sleep(step.pause().toMillis());
      if (System.nanoTime() - end > 0) {
        return step.number() - 1;
      }
      String length =
          step.length().isZero() ? "" : " for %d s".formatted(step.length().toSeconds());
      stack
          .log()
          .say(
              "step %d after %d s: %s%s (%d commits so far)",
              step.number(), step.pause().toSeconds(), step.fault(), length, load.commits());
      try {
        step.fault().strike(stack, step);
      } catch (IOException | SQLException | Failure e) {
        wrong.add("step %d, %s: %s".formatted(step.number(), step.fault(), e.getMessage()));
        stack.log().say("  failed: %s", e.getMessage());
        return step.number();
      }
    }
  }
}
