package io.rekindle.connectors.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The migrations on a real Postgres; every test's changes are rolled back. */
class SchemaITCase {

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
  void shouldTakeTextsOfAnyLengthThatTheShopMayStore() throws SQLException {
    String long10k =
        "(select string_agg(md5(n::text || 'ö'), 'ß' order by n) from generate_series(1, 300) n)";
    execute(
        "insert into shop.users (user_id, name, email) values (repeat('ü', 128), %1$s, %1$s)"
            .formatted(long10k));
    assertThat(texts("select length(name)::text from shop.users")).containsExactly("9899");
    assertThat(
            texts(
                "select count(*)::text from shop.users where dashboard.beginning_of(name) like"
                    + " left(lower(name), 199) || '%'"))
        .containsExactly("1");
  }

  @Test
  void shouldRefuseAnArrayOfTwoDimensionsBeforeCaptureMeetsIt() {
    assertThatThrownBy(
            () ->
                execute(
                    "insert into shop.users (user_id, preferred_categories)"
                        + " values ('u', '{{a,b},{c,d}}')"))
        .hasMessageContaining("preferred_categories");
  }

  /** Another session has locked all that the job writes of the user. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "update shop.users set created_at = '2020-01-01', name = 'Ada' where user_id = 'u'",
        "delete from shop.users where user_id = 'u'",
        "insert into shop.users (user_id) values ('v')",
        "update shop.orders set status = 'CANCELLED' where user_id = 'u'"
      })
  void shouldNeverLetTheShopWaitForTheJob(String write) throws SQLException {
    try (Connection shop = postgres.getPostgresDatabase().getConnection();
        Statement statement = shop.createStatement()) {
      statement.execute(
          """
          insert into shop.users (user_id) values ('u');
          insert into shop.orders (order_id, user_id, amount) values ('o', 'u', 1);
          insert into engagement.user_scores (
            user_id, band, segment, order_count, at_risk, as_of, revision, policy_version)
            values ('u', '', '', 0, false, now(), 1, '');
          """);
      execute("select from engagement.user_scores where user_id = 'u' for update");
      execute("lock engagement.removed_scores, engagement.reconstructed_history in exclusive mode");
      statement.execute("set lock_timeout = '2s'");
      try {
        assertThatCode(() -> statement.execute(write)).doesNotThrowAnyException();
      } finally {
        connection.rollback();
        statement.execute(
            """
            set lock_timeout = 0;
            delete from shop.users; delete from shop.orders; delete from engagement.user_scores;
            delete from engagement.client_since_changes;
            """);
      }
    }
  }

  @Test
  void shouldBringTheScoreAfterAClientWhoseAgeChanged() throws SQLException {
    execute("insert into shop.users (user_id, created_at) values ('u', '2024-01-01 00:00:00Z')");
    execute(
        """
        insert into engagement.user_scores (
          user_id, band, segment, order_count, at_risk, as_of, revision, policy_version)
          values ('u', '', '', 0, false, now(), 1, '')
        """);
    execute("update shop.users set created_at = '2020-01-01 00:00:00Z'");
    assertThat(texts("select engagement.follow_client_since()::text")).containsExactly("1");
    assertThat(texts("select engagement.follow_client_since()::text")).containsExactly("0");
    assertThat(
            texts(
                "select extract(year from client_since at time zone 'UTC')::text from engagement.user_scores"))
        .containsExactly("2020");
  }

  @Test
  void shouldPublishExactlyTheCapturedTables() throws SQLException {
    assertThat(
            texts(
                "select schemaname || '.' || tablename from pg_publication_tables"
                    + " where pubname = 'rekindle' order by 1"))
        .containsExactly(
            "engagement.audience_changes",
            "engagement.clock",
            "engagement.emails",
            "engagement.models",
            "engagement.outreach_settings",
            "engagement.score_overrides",
            "engagement.scoring_policies",
            "engagement.suppressions",
            "shop.orders",
            "shop.users");
  }

  @Test
  void shouldSendOldRowsWhereMovesAndRefundsHaveToBeSeen() throws SQLException {
    assertThat(
            texts("select oid::regclass::text from pg_class where relreplident = 'f' order by 1"))
        .containsExactly(
            "engagement.audience_changes",
            "engagement.models",
            "engagement.outreach_settings",
            "engagement.score_overrides",
            "engagement.scoring_policies",
            "engagement.suppressions",
            "shop.orders");
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
        "rekindle_cdc      | select * from engagement.models",
        "rekindle_cdc      | select * from engagement.audience_changes",
        "rekindle_api      | insert into engagement.audience_changes (audience, user_id, change)"
            + " values ('a', 'u', 'ENTERED')",
        "rekindle_api      | insert into engagement.models (model_version, policy_version,"
            + " document) values ('m','p','{}')",
        "rekindle_cdc      | select * from engagement.suppressions",
        "rekindle_cdc      | select * from engagement.outreach_settings",
        "rekindle_cdc      | update engagement.clock set previous_beat = beat, beat = now(),"
            + " number = number + 1",
        "rekindle_pipeline | select * from engagement.clock",
        "rekindle_pipeline | insert into engagement.pipeline_progress values (0, 1, now())",
        "rekindle_pipeline | delete from engagement.user_scores",
        "rekindle_pipeline | select engagement.ensure_score_history(now(), now())",
        "rekindle_pipeline | select * from engagement.score_history",
        "rekindle_pipeline | select engagement.contactable_episodes('{}', '{}', '{}', interval"
            + " '1h')",
        "rekindle_pipeline | select engagement.sweep_removed_users()",
        "rekindle_pipeline | select engagement.lock_recipients('{u}')",
        "rekindle_pipeline | select * from engagement.risk_episodes for update",
        "rekindle_pipeline | insert into engagement.outreach_decisions values"
            + " ('d','e','u','SKIP','PAUSED',now(),null,null,null,'p','{}') on conflict do nothing",
        "rekindle_pipeline | insert into engagement.emails (email_id, episode_id, user_id) values"
            + " ('e','e','u') on conflict (episode_id) do nothing returning email_id",
        "rekindle_pipeline | insert into engagement.policy_in_force"
            + " (policy_version, built_in, hash, document) values ('p', true, 'h', '{}')"
            + " on conflict (id) do update set hash = excluded.hash",
        "rekindle_sender   | select * from shop.users",
        "rekindle_sender   | select 1 from shop.orders where placed_at > now()",
        "rekindle_sender   | select html, text from engagement.emails for update skip locked",
        "rekindle_sender   | update engagement.emails set status = 'SENT', message_id = '<e@x>'",
        "rekindle_sender   | insert into engagement.suppressions (user_id, reason) values"
            + " ('u','MANUAL') on conflict (user_id) do update set reason = excluded.reason",
        "rekindle_sender   | update engagement.deliveries set attempts = attempts + 1",
        "rekindle_sender   | select quiet_from from engagement.outreach_settings",
        "rekindle_api      | select * from engagement.outreach_decisions",
        "rekindle_api      | select * from engagement.emails",
        "rekindle_api      | select * from engagement.email_outcomes",
        "rekindle_api      | select * from engagement.uplift('default')",
        "rekindle_api      | select engagement.contact_obstacle(true, 'a@example.com', false,"
            + " null)",
        "rekindle_api      | select engagement.contact_timing_obstacle(now(), 14, null, 30, now())",
        "rekindle_api      | select engagement.erase_user('nobody')",
        "rekindle_api      | select * from shop.orders",
        "rekindle_api      | select * from engagement.user_scores",
        "rekindle_api      | select * from engagement.score_history",
        "rekindle_api      | select * from engagement.scored_until",
        "rekindle_api      | insert into engagement.reconstructed_history (user_id, as_of, band,"
            + " segment, at_risk, cause, policy_version) values ('u',now(),'B','S',true,'C','p')",
        "rekindle_api      | update engagement.reconstruction set users = 0",
        "rekindle_api      | insert into engagement.reconstructed_days"
            + " values ('2026-01-01', 1, 0, 0, 0, 1, 50)",
        "rekindle_api      | select * from engagement.reconstructed_days",
        "rekindle_api      | select * from engagement.policy_in_force",
        "rekindle_api      | update engagement.outreach_settings set enabled = false",
        "rekindle_api      | insert into shop.users (user_id) values ('u')"
      })
  void shouldGrantWhatARoleNeeds(String role, String sql) throws SQLException {
    execute("set local role " + role);
    assertThatCode(() -> execute(sql)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rekindle_cdc      | insert into shop.orders (order_id, user_id, amount) values"
            + " ('o','u',1)",
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
        "rekindle_pipeline | select html from engagement.emails",
        "rekindle_pipeline | update engagement.emails set status = 'SENT'",
        "rekindle_pipeline | update engagement.outreach_decisions set decision = 'EMAIL'",
        "rekindle_pipeline | select * from engagement.suppressions",
        "rekindle_sender   | update engagement.emails set html = ''",
        "rekindle_sender   | insert into engagement.emails (user_id) values ('u')",
        "rekindle_sender   | delete from engagement.suppressions",
        "rekindle_sender   | update engagement.outreach_settings set enabled = true",
        "rekindle_sender   | update shop.users set marketing_consent = true",
        "rekindle_sender   | select * from engagement.user_scores",
        "rekindle_api      | update engagement.emails set status = 'READY'",
        "rekindle_api      | insert into engagement.emails (user_id) values ('u')",
        "rekindle_api      | update dashboard.audit_log set actor = 'nobody'",
        "rekindle_api      | delete from dashboard.audit_log",
        "rekindle_sender   | select * from dashboard.accounts",
        "rekindle_pipeline | select * from dashboard.sessions",
        "rekindle_cdc      | select engagement.erase_user('u')",
        "rekindle_pipeline | select engagement.erase_user('u')",
        "rekindle_sender   | select engagement.erase_user('u')",
        "rekindle_api      | select engagement.contactable_episodes('{}', '{}', '{}', interval"
            + " '1h')",
        "rekindle_api      | select engagement.sweep_removed_users()",
        "rekindle_pipeline | select * from engagement.email_outcomes",
        "rekindle_api      | delete from engagement.erased_outcomes",
        "rekindle_api      | delete from shop.users",
        "rekindle_api      | update engagement.user_scores set score = 100",
        "rekindle_api      | select engagement.ensure_score_history(now(), now())",
        "rekindle_api      | delete from engagement.reconstructed_history",
        "rekindle_pipeline | select * from engagement.reconstructed_history",
        "rekindle_pipeline | select * from engagement.reconstructed_days",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alter publication rekindle drop table shop.orders | NOT_PUBLISHED shop.orders",
        "alter publication rekindle set table shop.users where (user_id < 'm'), shop.orders,"
            + " engagement.emails, engagement.score_overrides, engagement.scoring_policies,"
            + " engagement.clock, engagement.suppressions, engagement.outreach_settings,"
            + " engagement.models, engagement.audience_changes | NOT_PUBLISHED shop.users",
        "alter publication rekindle set (publish = 'insert, update') | NOT_PUBLISHED operations",
        "alter table shop.orders replica identity default | REPLICA_IDENTITY shop.orders",
        "alter table engagement.emails replica identity nothing"
            + " | REPLICA_IDENTITY engagement.emails",
        "alter table shop.orders drop constraint orders_pkey | NO_PRIMARY_KEY shop.orders",
        "drop table engagement.score_overrides cascade | TABLE_MISSING engagement.score_overrides",
        "revoke select on shop.users from rekindle_cdc | NOT_GRANTED shop.users",
        "revoke usage on schema shop from rekindle_cdc"
            + " | NOT_GRANTED shop.orders,NOT_GRANTED shop.users",
        "revoke update (beat) on engagement.clock from rekindle_cdc"
            + " | NOT_GRANTED engagement.clock",
        "alter table shop.users enable row level security | NOT_GRANTED shop.users (rows)",
        "alter role rekindle_cdc noreplication | NOT_GRANTED rekindle_cdc",
        "alter role rekindle_cdc nologin | NOT_GRANTED rekindle_cdc",
        "drop publication rekindle | NOT_PUBLISHED rekindle"
      })
  void shouldNameWhatKeepsCaptureFromSeeingEveryChangeAndMendIt(String change, String faults)
      throws SQLException {
    String present = " from engagement.capture_faults where fault not like 'SLOT%' order by 1";
    String query = "select fault || ' ' || subject" + present;
    execute("alter role rekindle_cdc login replication nobypassrls");
    assertThat(texts(query)).isEmpty();

    execute(change);

    assertThat(texts(query)).containsExactly(faults.split(",", -1));
    assertThat(texts("select fault from engagement.capture_faults where fault like 'SLOT%'"))
        .containsExactly("SLOT_MISSING");

    if (!faults.startsWith("TABLE_MISSING") && !faults.startsWith("NO_PRIMARY_KEY")) {
      for (String remedy : texts("select remedy" + present)) {
        execute(remedy);
      }
      assertThat(texts(query)).isEmpty();
    }
  }

  @Test
  void shouldKeepOneClockRowForEachPartition() throws SQLException {
    Topics four = Topics.standard();
    assertThat(ClockRows.ensure(connection, four)).isEqualTo(5 * 4 + 3);
    assertThat(ClockRows.ensure(connection, four)).isZero();
    assertThat(ClockRows.mismatches(connection, four)).isEmpty();
    assertThat(ClockRows.mismatches(connection, four.withPartitions(6)))
        .hasSize(5)
        .contains(
            "topic rekindle.shop.orders has 6 partitions, and engagement.clock has rows for 4 of"
                + " them");
    assertThat(ClockRows.ensure(connection, four.withPartitions(6))).isEqualTo(5 * 2);
    assertThat(ClockRows.mismatches(connection, four)).hasSize(5);
    assertThat(ClockRows.ensure(connection, four.withPartitions(1))).isEqualTo(5 * 5);
    assertThat(texts("select topic || '-' || partition from engagement.clock order by 1"))
        .containsExactly(
            "rekindle.engagement.emails-0",
            "rekindle.engagement.models-0",
            "rekindle.engagement.outreach_settings-0",
            "rekindle.engagement.score_overrides-0",
            "rekindle.engagement.scoring_policies-0",
            "rekindle.engagement.suppressions-0",
            "rekindle.shop.orders-0",
            "rekindle.shop.users-0");
  }

  @Test
  void shouldBeginWithTheDefaultRulesOfOutreach() throws SQLException {
    OutreachRules defaults = OutreachRules.DEFAULTS;
    OutreachVariant variant = defaults.variants().get(0);
    assertThat(
            texts(
                "select concat_ws(' ', enabled, cooldown_days, stale_days, daily_cap,"
                    + " cap_order, experiment_id, (holdout_share * 1000000)::int)"
                    + " from engagement.outreach_settings"))
        .containsExactly(
            "t %d %d %d %s %s %d"
                .formatted(
                    defaults.cooldownDays(),
                    defaults.staleDays(),
                    defaults.dailyCap(),
                    defaults.capOrder(),
                    defaults.experimentId(),
                    defaults.holdoutPpm()));
    assertThat(
            texts(
                "select concat_ws('|', v->>'name', ((v->>'weight')::numeric * 1000000)::bigint,"
                    + " v->>'prompt', v->>'tone', v->>'offer') from engagement.outreach_settings,"
                    + " jsonb_array_elements(variants) v"))
        .containsExactly(
            "%s|%d|%s|%s"
                .formatted(variant.name(), variant.weight(), variant.prompt(), variant.tone()));
    assertThat(variant.offer()).isNull();
  }

  @Test
  void shouldHaveOneRowOfRules() {
    assertThatThrownBy(() -> execute("insert into engagement.outreach_settings (id) values (2)"))
        .hasMessageContaining("outreach_settings_id_check");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "holdout_share = 1.1          | outreach_settings_holdout_share_check",
        "holdout_share = 'NaN'        | outreach_settings_holdout_share_check",
        "holdout_share = 0.0000001    | outreach_settings_holdout_share_check",
        "daily_cap = -1               | outreach_settings_daily_cap_check",
        "experiment_id = ''           | outreach_settings_experiment_id_check",
        "variants = '7'               | variants",
        "variants = '[]'              | variants has to be an array of 1 to 16",
        "variants = '[7]'             | variants: each needs a name",
        "variants = '[{\"name\":\"HOLDOUT\",\"weight\":1,\"prompt\":\"p\"}]'"
            + " | other than HOLDOUT",
        "variants = '[{\"name\":\"a\",\"weight\":\"1\",\"prompt\":\"p\"}]' | weight of a",
        "variants = '[{\"name\":\"a\",\"weight\":-1,\"prompt\":\"p\"}]' | weight of a",
        "variants = '[{\"name\":\"a\",\"weight\":0.0000001,\"prompt\":\"p\"}]' | weight of a",
        "variants = '[{\"name\":\"a\",\"weight\":0,\"prompt\":\"p\"}]' | one weight has to be",
        "variants = '[{\"name\":\"a\",\"weight\":1}]' | prompt of a",
        "variants = '[{\"name\":\"a\",\"weight\":1,\"prompt\":\"p\",\"tone\":1}]' | tone and offer",
        "variants = jsonb_build_array(variants -> 0, variants -> 0) | the same name"
      })
  void shouldRefuseRulesThatCannotHold(String setting, String complaint) {
    assertThatThrownBy(() -> execute("update engagement.outreach_settings set " + setting))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void shouldRememberEveryExperimentAsItWasLastSet() throws SQLException {
    String experiments =
        "select concat_ws(' ', experiment_id, holdout_share, jsonb_array_length(variants),"
            + " case when ended_at is null then 'runs' else 'ended' end)"
            + " from engagement.experiments order by experiment_id";
    assertThat(texts(experiments)).containsExactly("default 0.1 1 runs");
    execute("update engagement.outreach_settings set holdout_share = 0.2");
    assertThat(texts(experiments)).containsExactly("default 0.2 1 runs");
    execute("update engagement.outreach_settings set experiment_id = 'spring'");
    assertThat(texts(experiments)).containsExactly("default 0.2 1 ended", "spring 0.2 1 runs");
    execute("update engagement.outreach_settings set experiment_id = 'default'");
    assertThat(texts(experiments)).containsExactly("default 0.2 1 runs", "spring 0.2 1 ended");
  }

  @Test
  void shouldDateAContactThatNobodyDated() throws SQLException {
    execute("insert into engagement.emails (email_id, user_id) values ('e', 'u')");
    assertThat(texts("select sent_at::text from engagement.emails")).containsExactly((String) null);
    execute("update engagement.emails set status = 'SENT'");
    assertThat(texts("select (sent_at = now())::text from engagement.emails"))
        .containsExactly("true");
    execute(
        "insert into engagement.emails (user_id, status, sent_at) values"
            + " ('v', 'SENT', '2026-01-02 03:04:05Z'), ('w', 'LOGGED', null)");
    assertThat(
            texts(
                "select coalesce((sent_at = '2026-01-02 03:04:05Z')::text, 'none')"
                    + " from engagement.emails where user_id <> 'u' order by user_id"))
        .containsExactly("true", "none");
  }

  @Test
  void shouldKnowNoContactInTheFuture() throws SQLException {
    execute(
        "insert into engagement.emails (user_id, status, sent_at) values"
            + " ('u', 'SENT', now() + interval '10 years'), ('v', 'SENT', 'infinity')");
    assertThat(texts("select (sent_at = now())::text from engagement.emails"))
        .containsExactly("true", "true");
  }

  @Test
  void shouldTakeOneEmailPerEpisode() throws SQLException {
    execute("insert into engagement.emails (email_id, episode_id, user_id) values ('a', 'e', 'u')");
    execute(
        "insert into engagement.emails (email_id, episode_id, user_id) values ('b', 'e', 'u')"
            + " on conflict do nothing");
    assertThat(texts("select email_id from engagement.emails")).containsExactly("a");
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
