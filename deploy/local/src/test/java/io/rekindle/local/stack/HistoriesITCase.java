package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.local.Await;
import io.rekindle.local.stack.CadenceReference.ExpectedScore;
import io.rekindle.local.stack.RekindleScript.CommandResult;
import io.rekindle.platform.rest.RestClient;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Shops that come with their past, from files or by a snapshot, on a real stack. */
@ExtendWith(SharedStack.Provider.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(SharedStack.LAST)
class HistoriesITCase {

  /** A hundred thousand take two minutes more, so that is for whoever wants to know. */
  private static final int SNAPSHOT_USERS = Integer.getInteger("rekindle.snapshot-users", 25_000);

  private static final int ORDERS_EACH = 5;

  /** How many emails the day has left for the users of the snapshot. */
  private static final int EMAILS = 200;

  private static final Duration SNAPSHOT = Duration.ofMinutes(4);

  private static final String STORED =
      """
      select user_id, score, recency_points, rhythm_points, frequency_points, value_points, band,
        segment, at_risk, order_count,
        floor(extract(epoch from at_risk_since) * 1000)::bigint as at_risk_since,
        floor(extract(epoch from next_change_at) * 1000)::bigint as next_change_at,
        floor(extract(epoch from last_order_at) * 1000)::bigint as last_order_at,
        floor(extract(epoch from as_of) * 1000)::bigint as as_of,
        floor(extract(epoch from scored_until) * 1000)::bigint as scored_until
      from shop.users left join engagement.user_scores using (user_id), engagement.scored_until
      where user_id like 'user-%'
      """;

  private RunningStack stack;
  private ShopFiles shop;
  private Path users;
  private Path orders;

  @BeforeAll
  void start(SharedStack shared, @TempDir Path temporary) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the imported shop: " + seed);
    shop = new ShopFiles(seed);
    users = shop.writeUsers(temporary.resolve("users.csv"));
    orders = shop.writeOrders(temporary.resolve("orders.csv"));
    shared.start();
    stack = shared.stack();
  }

  @Test
  @Order(1)
  void shouldScoreAnImportedShopAsItsDefinitionSays() throws Exception {
    CommandResult ordersFirst = stack.run("import", "--orders", orders.toString());
    assertThat(ordersFirst.output())
        .contains(
            "warning: %d rows of orders were not taken; see %s.rejected.csv"
                .formatted(shop.badOrders(), orders),
            unknownUsers(shop.orders()),
            counts("orders", shop.orders(), 0, shop.repeated(), shop.badOrders()));

    CommandResult usersAfterwards = stack.run("import", "--users", users.toString());
    assertThat(usersAfterwards.output()).contains(counts("users", shop.users(), 0, 0, 0));

    stack.verifyAll();
    assertAsDefined();
  }

  @Test
  @Order(2)
  void shouldScoreAShopThatWasShiftedToNow() throws Exception {
    CommandResult shifted =
        stack.run(
            "import", "--users", users.toString(), "--orders", orders.toString(), "--shift-to-now");
    assertThat(shifted.output())
        .contains(
            unknownUsers(shop.ofUnknownUsers()),
            counts("users", 0, shop.users(), 0, 0),
            counts("orders", 0, shop.orders(), shop.repeated(), shop.badOrders()));
    assertThat(
            stack.value(
                "select max(placed_at) between max(updated_at) - interval '1 minute'"
                    + " and max(updated_at) from shop.orders"))
        .isEqualTo("t");

    stack.verifyAll();
    assertAsDefined();
  }

  @Test
  @Order(3)
  void shouldEvaluateNoUserBeforeASnapshotIsComplete() throws Exception {
    RestClient connect = new RestClient(stack.info().connectUrl(), stack.info().tls());
    String connector = "/connectors/" + ConnectorConfig.CONNECTOR_NAME;
    connect.put(connector + "/stop", JsonNodeFactory.instance.objectNode());
    Await.until(
        "the connector's offsets are forgotten",
        RunningStack.SOON,
        () -> !connect.delete(connector + "/offsets").isMissingNode());
    stack.execute(
        "insert into shop.users (user_id, email, marketing_consent) select 'snap-' || n,"
            + " 'snap-' || n || '@example.com', true from generate_series(1, %d) n"
                .formatted(SNAPSHOT_USERS));
    stack.execute(
        """
        insert into shop.orders (order_id, user_id, placed_at, amount)
        select 'snap-' || n || '-' || k, 'snap-' || n,
          now() - make_interval(days => (n * 7 + k * 31) %% 500), 20 + (n + k) %% 90
        from generate_series(1, %d) n, generate_series(1, %d) k
        """
            .formatted(SNAPSHOT_USERS, ORDERS_EACH));
    // Without its slot, the connector cannot stream what was inserted: only a snapshot has it.
    Await.until("the slot is gone", RunningStack.SOON, this::dropSlot);
    String before = stack.value("select clock_timestamp()");
    // Decisions of all the classes that ran before on this stack count for the cap.
    stack.execute(
        "update engagement.outreach_settings set enabled = true, holdout_share = 0.1,"
            + " daily_cap = (select count(*) + %d from engagement.outreach_decisions"
                .formatted(EMAILS)
            + " where decision = 'EMAIL')");

    connect.put(connector + "/resume", JsonNodeFactory.instance.objectNode());
    stack.await(
        "all are evaluated",
        SNAPSHOT,
        "select 1 from engagement.user_scores where user_id like 'snap-%' having count(*) = "
            + SNAPSHOT_USERS);

    stack.verifyAll();
    assertThat(
            stack.value(
                """
                select format('%%s rows of %%s users, by %%s, the first %%s the snapshot',
                  count(*), count(distinct user_id), string_agg(distinct cause, ', '),
                  case when min(as_of) > '%s' then 'after' else 'before' end)
                from engagement.score_history where user_id like 'snap-%%'
                """
                    .formatted(before)))
        .isEqualTo(
            "%1$d rows of %1$d users, by SNAPSHOT, the first after the snapshot"
                .formatted(SNAPSHOT_USERS));
    assertThat(
            stack.value(
                """
                select count(*) from engagement.user_scores s
                join engagement.score_history h using (user_id, score, band, segment)
                where user_id like 'snap-%%' and s.order_count = %d
                """
                    .formatted(ORDERS_EACH)))
        .isEqualTo(Integer.toString(SNAPSHOT_USERS));
    assertThatNobodyIsEmailedWhoLeftLongAgo();
  }

  private void assertThatNobodyIsEmailedWhoLeftLongAgo() throws Exception {
    String decisions =
        " from engagement.outreach_decisions join engagement.risk_episodes using (episode_id,"
            + " user_id) where user_id like 'snap-%'";
    stack.await(
        "a decision for each who is at risk",
        "select 1 where (select count(*)"
            + decisions
            + ") = (select count(*) from engagement.user_scores where user_id like 'snap-%'"
            + " and at_risk)");
    System.out.println(
        "decisions of a first start: "
            + stack.value(
                "select string_agg(summary, ', ') from (select decision || ' ' || reason || ' ' ||"
                    + " count(*) as summary"
                    + decisions
                    + " group by decision, reason order by 1) as by_kind"));
    String old = "opened_at < decided_at - interval '14 days'";
    assertThat(
            stack.value(
                "select concat_ws(' ', count(*) filter (where decision <> 'SKIP' and %1$s),"
                        .formatted(old)
                    + " count(*) filter (where (reason = 'STALE') is distinct from (%s)))"
                        .formatted(old)
                    + decisions))
        .as("emailed or held out though stale, and stale by another measure")
        .isEqualTo("0 0");
    assertThat(
            stack.value(
                "select count(*) filter (where reason = 'STALE') > %d"
                        .formatted(SNAPSHOT_USERS / 10)
                    + " and count(*) filter (where reason = 'OVER_DAILY_CAP') > %d"
                        .formatted(SNAPSHOT_USERS / 100)
                    + " and count(*) filter (where decision = 'EMAIL') between 1 and %d"
                        .formatted(EMAILS)
                    + decisions))
        .isEqualTo("t");
  }

  /** True once there is none; while somebody reads from it, the database refuses. */
  private boolean dropSlot() throws SQLException {
    try (Connection cdc = stack.database(stack.info().cdc()).getConnection();
        Statement statement = cdc.createStatement()) {
      statement.execute(
          "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
              + " where slot_name = 'rekindle'");
      return true;
    }
  }

  private static String unknownUsers(int orders) {
    return String.format(
        Locale.ROOT,
        "notice: %,d of the orders belong to users whom the shop does not know",
        orders);
  }

  /** What the import prints last of a table. */
  private static String counts(
      String table, int inserted, int updated, int repeated, int rejected) {
    return String.format(
        Locale.ROOT,
        "%-6s  read %,d  inserted %,d  updated %,d  unchanged 0  repeated %,d  rejected %,d",
        table,
        inserted + updated + repeated + rejected,
        inserted,
        updated,
        repeated,
        rejected);
  }

  /**
   * Compares every user's row with the definition, as of its own instant and as of the one up to
   * which the scores are complete: a row holds until its next.
   */
  private void assertAsDefined() throws SQLException {
    try (Connection connection = stack.owner().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set transaction isolation level repeatable read, read only");
      Map<String, List<CadenceReference.Order>> ordersOf = ordersOfUsers(statement);
      int compared = 0;
      try (ResultSet row = statement.executeQuery(STORED)) {
        while (row.next()) {
          String user = row.getString("user_id");
          CadenceReference definition =
              new CadenceReference(ordersOf.getOrDefault(user, List.of()));
          ExpectedScore stored = stored(row);
          for (String instant : List.of("as_of", "scored_until")) {
            assertThat(stored).as(user).isEqualTo(definition.at(row.getLong(instant)));
          }
          compared++;
        }
      }
      assertThat(compared).isEqualTo(shop.users());
    }
  }

  /** The orders that count, by user. */
  private static Map<String, List<CadenceReference.Order>> ordersOfUsers(Statement statement)
      throws SQLException {
    Map<String, List<CadenceReference.Order>> ordersOf = new HashMap<>();
    try (ResultSet row =
        statement.executeQuery(
            """
            select user_id, floor(extract(epoch from placed_at) * 1000)::bigint as placed_at,
              (amount - refunded_amount) * 100 as net
            from shop.orders where status = 'PLACED' and refunded_amount < amount
            """)) {
      while (row.next()) {
        ordersOf
            .computeIfAbsent(row.getString("user_id"), user -> new ArrayList<>())
            .add(new CadenceReference.Order(row.getLong("placed_at"), row.getLong("net")));
      }
    }
    return ordersOf;
  }

  private static ExpectedScore stored(ResultSet row) throws SQLException {
    return new ExpectedScore(
        whole(row, "score"),
        whole(row, "recency_points"),
        whole(row, "rhythm_points"),
        whole(row, "frequency_points"),
        whole(row, "value_points"),
        row.getString("band"),
        row.getString("segment"),
        row.getBoolean("at_risk"),
        row.getObject("at_risk_since", Long.class),
        row.getObject("next_change_at", Long.class),
        row.getInt("order_count"),
        row.getObject("last_order_at", Long.class));
  }

  /** A number that has to be whole; null if there is none. */
  private static Integer whole(ResultSet row, String column) throws SQLException {
    BigDecimal number = row.getBigDecimal(column);
    return number == null ? null : number.intValueExact();
  }
}
