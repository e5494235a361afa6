package io.rekindle.bench;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.job.state.OrderLedger;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.job.state.UserState;
import io.rekindle.job.state.UserStateSerializer;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Prints the size of the state of users with different numbers of orders, by the job's serializer.
 */
final class StateSizes {

  private static final long SEED = 20_260_101L;
  private static final long NOW = ChangeStream.START;
  private static final long GAP_MILLIS = 12 * 86_400_000L;
  private static final long RETENTION_MILLIS = 86_400_000L;
  private static final int INITIAL_BYTES = 1_024;

  private StateSizes() {}

  /**
   * Prints a line for each number of orders.
   *
   * @param arguments numbers of orders
   */
  public static void main(String[] arguments) throws IOException {
    System.out.println("order ids          orders   bytes  bytes/order");
    for (String argument : arguments) {
      int orders = Integer.parseInt(argument);
      print("order-000001", orders, new Random(SEED), false);
      print("random UUIDs", orders, new Random(SEED), true);
    }
  }

  private static void print(String ids, int orders, Random random, boolean uuids)
      throws IOException {
    int bytes = bytes(changes(orders, random, uuids));
    System.out.printf("%-16s %8d %7d %12.1f%n", ids, orders, bytes, (double) bytes / orders);
  }

  /** Returns the bytes of the state of a user after these changes and an evaluation. */
  private static int bytes(List<Change> changes) throws IOException {
    UserState user = new UserState();
    OrderLedger orders = new OrderLedger(new NoOrderRows(), RETENTION_MILLIS);
    for (Change change : changes) {
      user.apply(change, NOW, orders);
    }
    Scorer scorer = new Scorer(ScoringPolicy.byDefault());
    Score score = scorer.score(user.orders(), NOW, user.lastContactAt());
    long reviewAt = score.nextReview() == Score.NEVER ? UserState.NEVER_DUE : score.nextReview();
    // The job evaluates once for each change.
    for (int i = 0; i < changes.size(); i++) {
      user.evaluated(PublishedScore.of(score, false), NOW, score.unconvertedOrders(), reviewAt);
    }
    user.wakeAt(reviewAt);
    DataOutputSerializer out = new DataOutputSerializer(INITIAL_BYTES);
    new UserStateSerializer().serialize(user, out);
    return out.length();
  }

  private static List<Change> changes(int orders, Random random, boolean uuids) {
    List<Change> changes = new ArrayList<>();
    long lsn = 0x1_0000_0000L;
    changes.add(
        new UserChanged(
            "client-1000000",
            NOW,
            new RowVersion(lsn, lsn + 1),
            false,
            "ada.lovelace@example.com",
            "Ada Lovelace",
            List.of("books", "garden"),
            "Europe/London",
            "en-GB",
            true,
            NOW - orders * GAP_MILLIS));
    for (int i = 0; i < orders; i++) {
      lsn += 1_000 + random.nextInt(1_000_000);
      String id =
          uuids
              ? new UUID(random.nextLong(), random.nextLong()).toString()
              : "order-%06d".formatted(random.nextInt(1_000_000));
      long placedAt = NOW - (orders - i) * GAP_MILLIS + random.nextInt(86_400_000);
      changes.add(
          new OrderChanged(
              "client-1000000",
              placedAt,
              new RowVersion(lsn, lsn + 200),
              false,
              id,
              placedAt,
              500 + random.nextInt(20_000),
              "EUR",
              OrderChanged.Kind.PLACED));
    }
    return changes;
  }
}
