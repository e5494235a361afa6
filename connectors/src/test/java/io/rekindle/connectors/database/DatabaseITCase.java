package io.rekindle.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.kafka.Topics;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The migrations on a real Postgres; every test's changes are rolled back. */
class DatabaseITCase {

  private static EmbeddedPostgres postgres;
  private Connection connection;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    assertThat(Migrations.apply(postgres.getPostgresDatabase())).isPositive();
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    connection = postgres.getPostgresDatabase().getConnection();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void rollBack() throws SQLException {
    connection.rollback();
    connection.close();
  }

  @Test
  void shouldApplyMigrationsOnce() {
    assertThat(Migrations.apply(postgres.getPostgresDatabase())).isZero();
  }

  @Test
  void shouldPublishExactlyTheCapturedTables() throws SQLException {
    assertThat(
            texts(
                "select schemaname || '.' || tablename from pg_publication_tables"
                    + " where pubname = 'rekindle' order by 1"))
        .containsExactly(
            "engagement.clock",
            "engagement.emails",
            "engagement.score_overrides",
            "engagement.scoring_policies",
            "shop.orders",
            "shop.users");
  }

  @Test
  void shouldSendOldRowsWhereMovesAndRefundsHaveToBeSeen() throws SQLException {
    assertThat(
            texts("select oid::regclass::text from pg_class where relreplident = 'f' order by 1"))
        .containsExactly(
            "engagement.score_overrides", "engagement.scoring_policies", "shop.orders");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rekindle_cdc      | select * from shop.users",
        "rekindle_cdc      | select * from shop.orders",
        "rekindle_cdc      | select * from engagement.emails",
        "rekindle_cdc      | select * from engagement.score_overrides",
        "rekindle_cdc      | select * from engagement.scoring_policies",
        "rekindle_cdc      | update engagement.clock set beat = now()",
        "rekindle_pipeline | insert into engagement.pipeline_progress values (0, 1, now())",
        "rekindle_pipeline | delete from engagement.user_scores",
        "rekindle_pipeline | select engagement.ensure_score_history(now(), now())",
        "rekindle_pipeline | select * from engagement.score_history",
        "rekindle_api      | select * from shop.orders",
        "rekindle_api      | select * from engagement.user_scores",
        "rekindle_api      | select * from engagement.score_history",
        "rekindle_api      | select * from engagement.scored_until"
      })
  void shouldGrantWhatARoleNeeds(String role, String sql) throws SQLException {
    execute("set local role " + role);
    assertThatCode(() -> execute(sql)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rekindle_cdc      | insert into shop.orders (order_id, user_id, amount) values ('o','u',1)",
        "rekindle_cdc      | update engagement.clock set partition = 7",
        "rekindle_cdc      | delete from engagement.clock",
        "rekindle_cdc      | select * from engagement.user_scores",
        "rekindle_cdc      | select * from engagement.score_history",
        "rekindle_pipeline | select * from shop.users",
        "rekindle_pipeline | select * from shop.orders",
        "rekindle_pipeline | delete from engagement.score_history",
        "rekindle_pipeline | update engagement.score_history set cause = ''",
        "rekindle_pipeline | insert into engagement.scoring_policies values ('x', '{}')",
        "rekindle_pipeline | create table engagement.mine (a int)",
        "rekindle_api      | delete from shop.users",
        "rekindle_api      | update engagement.user_scores set score = 100",
        "rekindle_api      | select engagement.ensure_score_history(now(), now())",
        "rekindle_api      | create table shop.mine (a int)"
      })
  void shouldRefuseWhatARoleDoesNotNeed(String role, String sql) throws SQLException {
    execute("set local role " + role);
    assertDenied(sql);
  }

  @Test
  void shouldMakeOnePartitionOfHistoryPerMonthInUtc() throws SQLException {
    execute("set local time zone 'Pacific/Auckland'");
    String ensure =
        "select engagement.ensure_score_history"
            + "('2025-11-30 23:59:59.999+00', '2026-02-01 00:00:00+00')";
    execute(ensure);
    execute(ensure);
    assertThat(
            texts(
                "select inhrelid::regclass::text from pg_inherits"
                    + " where inhparent = 'engagement.score_history'::regclass order by 1"))
        .containsExactly(
            "engagement.score_history_2025_11",
            "engagement.score_history_2025_12",
            "engagement.score_history_2026_01",
            "engagement.score_history_2026_02");
    for (String instant :
        List.of("2025-11-01 00:00:00+00", "2025-11-30 23:59:59.999999+00", "2026-02-28 23:59+00")) {
      execute(
          "insert into engagement.score_history"
              + " (user_id, as_of, revision, band, segment, at_risk, cause, policy_version)"
              + " values ('u', '"
              + instant
              + "', 1, 'B', 'S', false, 'TIME', 'p')");
    }
    assertThat(
            texts("select tableoid::regclass::text from engagement.score_history order by as_of"))
        .containsExactly(
            "engagement.score_history_2025_11",
            "engagement.score_history_2025_11",
            "engagement.score_history_2026_02");
  }

  @Test
  void shouldKnowHowFarScoresAreCompleteOnlyWhenEveryPartHasSaidSo() throws SQLException {
    assertThat(texts("select scored_until::text from engagement.scored_until"))
        .containsExactly((String) null);
    progress(0, 2, "2026-01-01 00:00:10+00", 1);
    assertThat(texts("select scored_until::text from engagement.scored_until"))
        .containsExactly((String) null);
    progress(1, 2, "2026-01-01 00:00:05+00", 2);
    assertThat(scoredUntil()).containsExactly("00:00:05");
  }

  @Test
  void shouldForgetPartsOfAnEarlierParallelism() throws SQLException {
    progress(0, 3, "2026-01-01 00:00:01+00", 1);
    progress(1, 3, "2026-01-01 00:00:01+00", 1);
    progress(2, 3, "2026-01-01 00:00:01+00", 1);
    progress(0, 1, "2026-01-01 00:00:09+00", 2);
    assertThat(scoredUntil()).containsExactly("00:00:09");
  }

  @Test
  void shouldActivateOnePolicyAtATime() throws SQLException {
    assertThat(Policies.install(connection, Map.of("one", "{}", "two", "{}"), "one")).isEqualTo(2);
    assertThat(activePolicies()).containsExactly("one");
    execute("select engagement.activate_policy('two')");
    assertThat(activePolicies()).containsExactly("two");
    execute("select engagement.activate_policy('two')");
    assertThat(activePolicies()).containsExactly("two");
    assertThatThrownBy(() -> execute("select engagement.activate_policy('three')"))
        .hasMessageContaining("no scoring policy three");
  }

  @Test
  void shouldInstallPoliciesWithoutTouchingWhatIsThere() throws SQLException {
    Policies.install(connection, Map.of("one", "{\"kept\": true}"), "one");
    assertThat(Policies.install(connection, Map.of("one", "{\"kept\": false}", "two", "{}"), "two"))
        .isEqualTo(1);
    assertThat(activePolicies()).containsExactly("one");
    assertThat(texts("select document->>'kept' from engagement.scoring_policies where active"))
        .containsExactly("true");
  }

  @Test
  void shouldNotActivateAgainWhatSomebodySwitchedOff() throws SQLException {
    Policies.install(connection, Map.of("one", "{}"), "one");
    execute("update engagement.scoring_policies set active = false");
    assertThat(Policies.install(connection, Map.of("one", "{}"), "one")).isZero();
    assertThat(activePolicies()).isEmpty();
  }

  @Test
  void shouldRefuseToActivateAPolicyThatIsNotInstalled() {
    assertThatThrownBy(() -> Policies.install(connection, Map.of("one", "{}"), "two"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two");
  }

  @Test
  void shouldKeepOneClockRowForEachPartition() throws SQLException {
    Topics four = Topics.standard();
    assertThat(ClockRows.ensure(connection, four)).isEqualTo(4 * 4 + 1);
    assertThat(ClockRows.ensure(connection, four)).isZero();
    assertThat(ClockRows.ensure(connection, four.withPartitions(6))).isEqualTo(4 * 2);
    assertThat(ClockRows.ensure(connection, four.withPartitions(1))).isEqualTo(4 * 5);
    assertThat(texts("select topic || '-' || partition from engagement.clock order by 1"))
        .containsExactly(
            "rekindle.engagement.emails-0",
            "rekindle.engagement.score_overrides-0",
            "rekindle.engagement.scoring_policies-0",
            "rekindle.shop.orders-0",
            "rekindle.shop.users-0");
  }

  private void progress(int subtask, int parallelism, String watermark, int writtenAt)
      throws SQLException {
    execute(
        "insert into engagement.pipeline_progress values ("
            + subtask
            + ", "
            + parallelism
            + ", '"
            + watermark
            + "', '2026-01-02 00:00:0"
            + writtenAt
            + "+00')"
            + " on conflict (subtask) do update set parallelism = excluded.parallelism,"
            + " watermark = excluded.watermark, written_at = excluded.written_at");
  }

  private List<String> scoredUntil() throws SQLException {
    return texts(
        "select to_char(scored_until at time zone 'UTC', 'HH24:MI:SS')"
            + " from engagement.scored_until");
  }

  private List<String> activePolicies() throws SQLException {
    return texts("select policy_version from engagement.scoring_policies where active");
  }

  private AbstractThrowableAssert<?, ?> assertDenied(String sql) {
    return assertThatThrownBy(() -> execute(sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as("insufficient_privilege").isEqualTo("42501"));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
