package io.rekindle.bench.torture;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackInfo.Account;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.random.RandomGenerator;

/** Faults of Postgres and of what it holds. */
final class DatabaseFaults {

  private static final int POLL_MILLIS = 200;
  private static final int MAX_COMMIT = 40_000;

  private DatabaseFaults() {}

  /**
   * Ends Postgres in good order, and each one that the supervisor starts before the time is over.
   */
  static void keepDown(TortureStack stack, Step step) throws InterruptedException {
    long end = System.nanoTime() + step.length().toNanos();
    do {
      boolean runs =
          PidFile.read(stack.data().pidFile(PostgresServer.NAME)).filter(Pid::alive).isPresent();
      if (runs) {
        stack.signal(PostgresServer.NAME, "INT");
      }
      Thread.sleep(POLL_MILLIS);
    } while (System.nanoTime() - end < 0);
  }

  static void terminateBackends(TortureStack stack, Step step) throws InterruptedException {
    StackInfo info = stack.info();
    for (Account role :
        List.of(info.owner(), info.cdc(), info.pipeline(), info.sender(), info.api())) {
      stack.eventually(
          "the sessions of " + role + " are ended",
          () ->
              stack.execute(
                  role,
                  "select pg_terminate_backend(pid) from pg_stat_activity"
                      + " where usename = current_user and pid <> pg_backend_pid()"));
    }
  }

  static void lockScores(TortureStack stack, Step step) throws InterruptedException {
    holdLocks(
        stack, step, "select count(*) from (select 1 from engagement.user_scores for update) x");
  }

  static void lockOrders(TortureStack stack, Step step) throws InterruptedException {
    holdLocks(stack, step, "select count(*) from (select 1 from shop.orders for update) x");
  }

  /** Makes the heartbeat leave one partition out, by a trigger that skips the update of its row. */
  static void silence(TortureStack stack, Step step) throws InterruptedException {
    List<Topic> topics = Topics.standard().captured();
    RandomGenerator choices = step.choices();
    Topic topic = topics.get(choices.nextInt(topics.size()));
    int partition = choices.nextInt(topic.partitions());
    stack.log().say("  partition %d of %s is silent", partition, topic.name());
    stack.eventually(
        "a partition is silent",
        () ->
            stack.execute(
                """
                create or replace function public.torture_silence() returns trigger
                  language plpgsql as $$ begin return null; end $$;
                create or replace trigger torture_silence before update on engagement.clock
                  for each row when (old.topic = '%s' and old.partition = %d)
                  execute function public.torture_silence()
                """
                    .formatted(topic.name(), partition)));
    try {
      Thread.sleep(step.length().toMillis());
    } finally {
      endSilence(stack);
    }
  }

  static void endSilence(TortureStack stack) throws InterruptedException {
    stack.eventually(
        "the silence ends",
        () -> stack.execute("drop trigger if exists torture_silence on engagement.clock"));
  }

  /** Inserts, changes or deletes many orders of many users in one transaction. */
  static void hugeTransaction(TortureStack stack, Step step) throws InterruptedException {
    RandomGenerator choices = step.choices();
    int rows = MAX_COMMIT / 2 + choices.nextInt(MAX_COMMIT / 2);
    String sql =
        switch (choices.nextInt(3)) {
          case 0 -> "delete from shop.orders where order_id like 'torture-huge-%'";
          case 1 ->
              "update shop.orders set refunded_amount = amount / 2 where order_id like 'torture-%'";
          default ->
              """
              insert into shop.orders (order_id, user_id, placed_at, amount)
              select 'torture-huge-' || n, '%s' || n %% %d, now() - n %% 9000 * interval '1 hour', 20 + n %% 100
              from generate_series(1, %d) n
              on conflict (order_id) do update set amount = excluded.amount + 1
              """
                  .formatted(LoadPlan.CROWD, LoadPlan.CROWD_SIZE, rows);
        };
    stack.log().say("  %s", sql.lines().findFirst().orElseThrow());
    stack.eventually("a huge transaction", () -> stack.execute(sql));
  }

  private static void holdLocks(TortureStack stack, Step step, String lock)
      throws InterruptedException {
    stack.eventually(
        "rows are locked",
        () -> {
          try (Connection connection = stack.connect(stack.info().owner());
              Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(lock);
            // A statement under way: a session that is idle in its transaction would be ended.
            statement.execute("select pg_sleep(%d)".formatted(step.length().toSeconds()));
            connection.rollback();
          } catch (SQLException e) {
            if (!"40P01".equals(e.getSQLState())) {
              throw e;
            }
            stack.log().say("  the locks ended in a deadlock");
          }
        });
  }
}
