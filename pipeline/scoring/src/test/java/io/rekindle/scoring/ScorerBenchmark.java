package io.rekindle.scoring;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one evaluation costs, over 4,096 users of whom some are fresh, some fading and some at risk,
 * so that no branch is learnt by heart. {@code mvn -pl pipeline/scoring test-compile
 * exec:exec@benchmark} runs it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScorerBenchmark {

  private static final int USERS = 4_096;
  private static final long NOW = 1_753_005_600_000L;

  @Param({"20", "200"})
  int orders;

  @Param({"cadence-v1", "document-v1"})
  String policy;

  private Scorer scorer;
  private OrderHistory[] users;
  private int next;

  @Setup
  public void makeUsers() {
    SplittableRandom random = new SplittableRandom(1);
    scorer = new Scorer(ScoringPolicy.builtIn(policy));
    users = new OrderHistory[USERS];
    for (int user = 0; user < USERS; user++) {
      long[] placedAt = new long[orders];
      long[] net = new long[orders];
      long gap = random.nextLong(UserFacts.DAY, 60 * UserFacts.DAY);
      long time = NOW - random.nextLong(0, 150 * UserFacts.DAY);
      for (int i = orders - 1; i >= 0; i--) {
        placedAt[i] = time;
        net[i] = random.nextInt(50) == 0 ? 0 : random.nextLong(500, 10_000);
        time -= random.nextLong(0, 2 * gap);
      }
      users[user] = new OrderColumns(placedAt, net, CurrencyCodes.pack("EUR"));
    }
  }

  @Benchmark
  public Score score() {
    next = (next + 1) % USERS;
    return scorer.score(users[next], NOW, Score.NEVER);
  }

  private static final class OrderColumns implements OrderHistory {
    private final long[] placedAt;
    private final long[] net;
    private final int currency;

    OrderColumns(long[] placedAt, long[] net, int currency) {
      this.placedAt = placedAt;
      this.net = net;
      this.currency = currency;
    }

    @Override
    public int size() {
      return placedAt.length;
    }

    @Override
    public long placedAt(int index) {
      return placedAt[index];
    }

    @Override
    public long netMinor(int index) {
      return net[index];
    }

    @Override
    public int currency(int index) {
      return currency;
    }
  }
}
