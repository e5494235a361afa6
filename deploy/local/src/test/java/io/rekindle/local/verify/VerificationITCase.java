package io.rekindle.local.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.local.ShopDatabase;
import io.rekindle.local.cli.Rekindle;
import io.rekindle.local.cli.VerifyCommand;
import io.rekindle.local.demo.DemoShop;
import io.rekindle.local.process.Pid;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.EpisodeId;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;

class VerificationITCase {

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @TempDir Path data;

  @BeforeEach
  void scoreFarAhead() throws SQLException {
    scoredUntil("now() + interval '1 day'");
  }

  @Test
  void shouldFindNothingWrongWithRightScores() throws Exception {
    fillDemoShop();
    storeScores();

    Verification.Result result = verify();

    assertThat(result.differences()).isEmpty();
    assertThat(result.checked()).isEqualTo(DemoShop.USERS);
  }

  @Test
  void shouldFindEverySegmentAndBandInTheDemoShop() throws Exception {
    fillDemoShop();
    Set<Segment> segments = EnumSet.noneOf(Segment.class);
    Set<Band> bands = EnumSet.noneOf(Band.class);
    try (Connection connection = database.connect();
        ShopSnapshot snapshot = new ShopSnapshot(connection)) {
      snapshot.open(null);
      for (SnapshotUser user = snapshot.next(); user != null; user = snapshot.next()) {
        Score score = user.expected(snapshot.scorer(), snapshot.instant()).score();
        segments.add(score.segment());
        bands.add(score.band());
      }
    }

    assertThat(segments).containsExactlyInAnyOrder(Segment.values());
    assertThat(bands).containsExactlyInAnyOrder(Band.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "score = score + 1",
        "recency_points = recency_points - 1",
        "rhythm_points = 1.5",
        "frequency_points = null",
        "value_points = 11",
        "order_probability = 0.0005",
        "value_at_stake = 0.01",
        "band = 'PROSPECT'",
        "segment = 'PROSPECT'",
        "at_risk = not at_risk",
        "at_risk_since = now()",
        "next_change_at = next_change_at + interval '1 millisecond'",
        "overridden = true",
        "computed_score = computed_score - 1",
        "order_count = order_count + 1",
        "average_order_value = average_order_value + 0.01",
        "average_order_value = null",
        "last_order_at = last_order_at + interval '1 millisecond'",
        "usual_gap_ms = usual_gap_ms + 1",
        "last_contact_at = now()",
      })
  void shouldFindAWrongValue(String wrong) throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '20 days'", "40.00");
    storeScores();
    database.execute("update engagement.user_scores set " + wrong);

    assertThat(verify().differences()).containsOnlyKeys("ada");
  }

  @Test
  void shouldCountTheNewestThousandOrdersAndNameTheBoundAtADifference() throws Exception {
    user("ada");
    database.execute(
        "insert into shop.orders (order_id, user_id, placed_at, amount, currency)"
            + " select 'o' || n, 'ada', now() - n * interval '1 minute', 10, 'EUR'"
            + " from generate_series(1, 1005) n");
    storeScores();
    assertThat(verify().differences()).isEmpty();

    database.execute("update engagement.user_scores set order_count = 1005");
    assertThat(verify().differences().get("ada"))
        .contains("order_count is 1005, not 1000")
        .contains("(the user has 1,005 orders, of which the newest 1,000 count)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update engagement.risk_episodes set closed_at = now() | ada | 0 episodes are open, not 1",
        "update engagement.risk_episodes set user_id = 'bob'   | bob | 1 episodes are open, not 0",
        "delete from engagement.risk_episodes                  | ada | 0 episodes are open, not 1",
        "delete from engagement.outreach_decisions             | ada | 1 episodes have no decision",
        "insert into engagement.risk_episodes select 'second', user_id, now(), now(), null, null,"
            + " 0, policy_version, now(), 9 from engagement.risk_episodes | ada | 2 episodes are"
            + " open, not 1; 1 episodes have no decision",
      })
  void shouldFindWrongEpisodesAndMissingDecisions(String wrong, String user, String difference)
      throws Exception {
    user("ada");
    user("bob");
    order("1", "ada", "now() - interval '200 days'", "40.00");
    order("2", "bob", "now()", "40.00");
    storeScores();
    assertThat(verify().differences()).isEmpty();
    database.execute(wrong);

    assertThat(verify().differences().get(user)).contains(difference);
  }

  @Test
  void shouldGoByThePolicyInForceWhileTheActiveOneIsNotValid() throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '40 days'", "40.00");
    database.execute(
        "insert into engagement.policy_in_force (policy_version, built_in, hash, document) values"
            + " ('document-v1', true, '', '"
            + ScoringPolicy.builtIn("document-v1").json()
            + "')");
    database.execute(
        "insert into engagement.scoring_policies (policy_version, document, active)"
            + " values ('broken', '{}', true)");
    storeScores();

    assertThat(verify().differences()).isEmpty();
    assertThat(database.value("select usual_gap_ms from engagement.user_scores")).isNull();
  }

  @Test
  void shouldGoByTheActiveModelAndByTheOneInForceWhileThatIsNotValid() throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '40 days'", "40.00");
    // 66 points at the order, and 60 now.
    String table = "7" + ",7".repeat(60) + ",107".repeat(40);
    String model =
        "{\"version\": \"m\", \"probability\": {\"horizonDays\": 90, \"perMille\": ["
            + table
            + "]}, \"money\": {\"p\": 2, \"q\": 3, \"gamma\": 9, \"meanOrderValue\": \"50.00\"}}";
    database.execute(
        "insert into engagement.models (model_version, policy_version, document, active) values"
            + " ('m', 'cadence-v1', '"
            + model
            + "', true)");
    storeScores();
    assertThat(database.value("select order_probability from engagement.user_scores"))
        .isEqualTo("0.007");
    assertThat(database.value("select value_at_stake from engagement.user_scores"))
        .isEqualTo("5.00");
    assertThat(verify().differences()).isEmpty();

    database.execute(
        "insert into engagement.policy_in_force (policy_version, built_in, hash, document, model)"
            + " values ('cadence-v1', true, '', '{}', '"
            + model
            + "')");
    database.execute("update engagement.models set document = '{}'");
    assertThat(verify().differences()).isEmpty();

    database.execute("delete from engagement.models");
    assertThat(verify().differences().get("ada")).contains("order_probability is 0.007");
  }

  @Test
  void shouldFindMissingAndLeftOverRows() throws Exception {
    user("ada");
    user("böb");
    user("😀");
    storeScores();
    database.execute("delete from engagement.user_scores where user_id = 'ada'");
    database.execute("delete from shop.users where user_id = '😀'");

    Verification.Result result = verify();

    assertThat(result.differences())
        .containsOnlyKeys("ada", "😀")
        .containsEntry("ada", "has no row in user_scores")
        .containsEntry("😀", "is no user, but has a row in user_scores");
    assertThat(result.checked()).isEqualTo(3);
  }

  @Test
  void shouldFindAScoreThatTimeShouldHaveChanged() throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '20 days'", "40.00");
    storeScores();
    database.execute("update shop.orders set placed_at = placed_at - interval '30 days'");

    assertThat(verify().differences().get("ada")).contains("recency_points is 28, not 20");
  }

  @Test
  void shouldReadOrdersAsThePipelineDoes() throws Exception {
    user("ada");
    order("1", "ada", "'1969-12-31T23:59:59.9999995Z'::timestamptz - interval '0.4 ms'", "40.00");
    order("2", "ada", "now() - interval '20 days'", "40.00");
    order("3", "ada", "now() - interval '1 day'", "99.99");
    order("4", "nobody", "now()", "1.00");
    database.execute("update shop.orders set status = 'CANCELLED' where order_id = '3'");
    database.execute("update shop.orders set refunded_amount = 39.99 where order_id = '2'");

    try (Connection connection = database.connect();
        ShopSnapshot snapshot = new ShopSnapshot(connection)) {
      snapshot.open(null);
      SnapshotUser ada = snapshot.next();
      assertThat(ada.orders.size()).isEqualTo(3);
      assertThat(ada.orders.placedAt(0)).isEqualTo(-1);
      assertThat(ada.orders.netMinor(0)).isEqualTo(4000);
      assertThat(ada.orders.netMinor(1)).isEqualTo(1);
      assertThat(ada.orders.netMinor(2)).isZero();
      assertThat(snapshot.next()).isNull();
    }
  }

  @Test
  void shouldHeedOverridesContactsAndTheActivePolicy() throws Exception {
    user("ada");
    user("bob");
    order("1", "ada", "now() - interval '20 days'", "40.00");
    order("2", "bob", "now() - interval '20 days'", "40.00");
    database.execute("insert into engagement.score_overrides (user_id, score) values ('ada', 7)");
    database.execute(
        "insert into engagement.emails (user_id, status, sent_at) values"
            + " ('bob', 'SENT', now() - interval '1 day'), ('ada', 'READY', null)");
    String document = ScoringPolicy.builtIn("document-v1").json();
    database.execute(
        "insert into engagement.scoring_policies (policy_version, document, active)"
            + " values ('document-v1', '"
            + document
            + "', true)");
    storeScores();

    assertThat(database.value("select score from engagement.user_scores where user_id = 'ada'"))
        .isEqualTo("7");
    assertThat(
            database.value(
                "select contact_points from engagement.user_scores where user_id = 'bob'"))
        .isEqualTo("-10");
    assertThat(verify().differences()).isEmpty();
    database.execute("delete from engagement.score_overrides");
    assertThat(verify().differences()).containsOnlyKeys("ada");
  }

  @Test
  void shouldWaitForTheQuietTimeOfAUserToWhomOldOrdersMayHaveBeenAdded() throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '20 days'", "40.00");
    storeScores();
    quietTime("1 second");
    database.execute("update engagement.user_scores set order_count = 7");
    Instant before = Instant.now();
    // As if the job had evaluated her in the sixth round, long after three rounds without a change.
    Verification.Result result = verifyWithChangeInRound(6, "set order_count = 1");
    assertThat(result.differences()).isEmpty();
    assertThat(result.loading()).isZero();

    database.execute("update engagement.user_scores set order_count = 7");
    assertThat(verify().differences()).containsOnlyKeys("ada");
    assertThat(Instant.now()).isAfter(before.plusSeconds(1));
  }

  @Test
  void shouldNotWaitForAUserWithOrdersOfTheLastDay() throws Exception {
    user("ada");
    order("1", "ada", "now() - interval '20 hours'", "40.00");
    storeScores();
    quietTime("1 day");
    database.execute("update engagement.user_scores set order_count = 7");

    assertThat(verify().differences()).containsOnlyKeys("ada");
  }

  private static void quietTime(String interval) throws SQLException {
    database.execute(
        "update engagement.pipeline_progress set backfill_quiet_time = '%s'".formatted(interval));
  }

  @Test
  void shouldLookAgainAtUsersWhoChangedMeanwhile() throws Exception {
    user("ada");
    storeScores();
    // As if an order had been scored after the first snapshot was taken, and taken back before the
    // second: the verification's own look at the progress marks the beginning of each round.
    database.execute(
        "update engagement.user_scores set as_of = now() + interval '1 h', score = 66");
    Verification.Result result = verifyWithChangeInRound(2, "set score = null, as_of = now()");

    assertThat(result.differences()).isEmpty();
    assertThat(database.value("select last_value from rounds")).isEqualTo("2");
  }

  private static Verification.Result verifyWithChangeInRound(int round, String change)
      throws Exception {
    database.execute(
        """
        drop sequence if exists rounds;
        create sequence rounds;
        create or replace function score_in_round() returns timestamptz language plpgsql as $$
        begin
          if nextval('rounds') = %d then
            update engagement.user_scores %s;
          end if;
          return now() + interval '1 day';
        end $$;
        create schema if not exists kept;
        alter view engagement.scored_until set schema kept;
        create view engagement.scored_until as select score_in_round() as scored_until;
        """
            .formatted(round, change));
    try {
      return verify();
    } finally {
      database.execute(
          """
          drop view engagement.scored_until;
          alter view kept.scored_until set schema engagement;
          """);
    }
  }

  @Test
  void shouldSayWhereThePipelineStandsStill() throws Exception {
    scoredUntil("now() - interval '1 hour'");

    assertThatThrownBy(() -> verification(Duration.ofMillis(100)).run())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("it stands at")
        .hasMessageContaining("held by part 1 of 1");
  }

  @Test
  void shouldSayThatThePipelineHasNotBegun() throws Exception {
    database.execute("truncate engagement.pipeline_progress");

    assertThatThrownBy(() -> verification(Duration.ofMillis(100)).run())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no part of the job has stored a score yet");
  }

  @Test
  void shouldPrintTheFirstTwentyDifferencesAndTheCountsLast() throws Exception {
    for (int i = 10; i < 35; i++) {
      user("user-" + i);
    }
    StringWriter out = new StringWriter();
    VerifyCommand.print(verify(), new PrintWriter(out, true));

    assertThat(out.toString().lines())
        .hasSize(21)
        .startsWith("user-10 has no row in user_scores")
        .endsWith("25 users checked, 25 differences");
  }

  @Test
  void shouldEndWithZeroIfNothingDiffersAndOneIfSomethingDoes() throws Exception {
    user("ada");
    assertThat(command("10")).isEqualTo(1);
    storeScores();
    assertThat(command("10")).isZero();
  }

  @Test
  void shouldListTheMonthsOfHistoryThatLackRows() throws Exception {
    database.execute(
        "insert into engagement.unstored_history (month, rows) values ('2026-11-01', 1234)");
    try {
      assertThat(UnstoredHistory.read(database.dataSource()))
          .singleElement()
          .asString()
          .startsWith("score_history of 2026-11 lacks at least 1,234 rows")
          .contains("RekindleHistoryDetached");
      assertThat(command("10")).isEqualTo(1);
    } finally {
      database.execute("truncate engagement.unstored_history");
    }
    assertThat(command("10")).isZero();
  }

  @Test
  void shouldEndWithTwoIfItCannotVerify() throws Exception {
    scoredUntil("now() - interval '1 hour'");
    assertThat(command("0")).isEqualTo(2);

    database.execute("alter view engagement.scored_until rename to away");
    try {
      assertThat(command("0")).isEqualTo(2);
    } finally {
      database.execute("alter view engagement.away rename to scored_until");
    }
  }

  /** The command's exit code, on a stack that is this process and this database. */
  private int command(String timeout) throws Exception {
    PGSimpleDataSource shop = (PGSimpleDataSource) database.dataSource();
    StackInfo.Account account = new StackInfo.Account(shop.getUser(), shop.getPassword());
    ProcessHandle self = ProcessHandle.current();
    Pid pid = new Pid(self.pid(), self.info().startInstant().orElseThrow().getEpochSecond());
    StackInfo stack =
        new StackInfo(
            null,
            shop.getURL(),
            account,
            account,
            account,
            account,
            account,
            null,
            null,
            null,
            null,
            null,
            null,
            account,
            null,
            null,
            null,
            null,
            pid);
    new JsonMapper().writeValue(data.resolve("stack.json").toFile(), stack);
    return rekindle(new StringWriter(), "--data", data.toString(), "--timeout", timeout);
  }

  private static int rekindle(StringWriter output, String... options) {
    CommandLine rekindle = Rekindle.commandLine();
    rekindle.setOut(new PrintWriter(output));
    rekindle.setErr(new PrintWriter(output));
    return rekindle.execute(
        Stream.concat(Stream.of("verify"), Stream.of(options)).toArray(String[]::new));
  }

  @Test
  void shouldVerifyADatabaseWithoutALocalStack() throws Exception {
    fillDemoShop();
    storeScores();
    StringWriter output = new StringWriter();

    assertThat(rekindle(output, "--database", database.url())).as(output.toString()).isZero();
    assertThat(output.toString()).contains(DemoShop.USERS + " users checked, 0 differences");
  }

  @Test
  void shouldNameTheSettingOfADatabaseThatItDoesNotTrust() throws Exception {
    StringWriter output = new StringWriter();

    assertThat(rekindle(output, "--database", database.url() + "&sslmode=verify-full"))
        .isEqualTo(2);
    assertThat(output.toString()).contains("ssl=on");
    assertThat(rekindle(output, "--database", "postgresql://db/rekindle")).isEqualTo(2);
    assertThat(output.toString()).contains("--database is not a JDBC URL of Postgres");
  }

  private static Verification.Result verify() throws Exception {
    return verification(Duration.ofSeconds(10)).run();
  }

  private static Verification verification(Duration timeout) {
    return new Verification(database.dataSource(), timeout, Progress.onStandardError());
  }

  private static void scoredUntil(String instant) throws SQLException {
    database.execute(
        "insert into engagement.pipeline_progress"
            + " (subtask, parallelism, watermark, backfill_quiet_time) values (0, 1, "
            + instant
            + ", interval '0') on conflict (subtask) do update set watermark = excluded.watermark");
  }

  private static void fillDemoShop() throws SQLException {
    try (Connection connection = database.connect()) {
      DemoShop.fill(connection, Instant.now());
    }
  }

  private static void user(String userId) throws SQLException {
    database.execute("insert into shop.users (user_id) values ('" + userId + "')");
  }

  private static void order(String orderId, String userId, String placedAt, String amount)
      throws SQLException {
    database.execute(
        "insert into shop.orders (order_id, user_id, placed_at, amount) values ('%s', '%s', %s, %s)"
            .formatted(orderId, userId, placedAt, amount));
  }

  /** Stores what the pipeline would. */
  private static void storeScores() throws SQLException {
    String sql =
        """
        insert into engagement.user_scores
          (user_id, score, band, segment, recency_points, rhythm_points, frequency_points,
           value_points, contact_points, at_risk, at_risk_since, next_change_at, overridden,
           computed_score, order_count, average_order_value, last_order_at, usual_gap_ms,
           last_contact_at, as_of, loyalty_points, order_probability,
           value_at_stake, revision, policy_version)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, 1, '')
        """;
    // The demo's past has given some of these episodes already, under the same id.
    String episodeSql =
        """
        insert into engagement.risk_episodes
          (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision)
        values (?, ?, ?, ?, '', ?, 1)
        on conflict (episode_id) do update set closed_at = null, close_reason = null
        """;
    try (Connection connection = database.connect();
        ShopSnapshot snapshot = new ShopSnapshot(connection);
        Connection target = database.connect();
        PreparedStatement insert = target.prepareStatement(sql);
        PreparedStatement episode = target.prepareStatement(episodeSql)) {
      snapshot.open(null);
      for (SnapshotUser user = snapshot.next(); user != null; user = snapshot.next()) {
        SnapshotUser.Expected expected = user.expected(snapshot.scorer(), snapshot.instant());
        Score score = expected.score();
        insert.setString(1, user.userId);
        insert.setBigDecimal(2, score.scoreDecimal());
        insert.setString(3, score.band().name());
        insert.setString(4, score.segment().name());
        insert.setBigDecimal(5, score.pointsDecimal(Factor.RECENCY));
        insert.setBigDecimal(6, score.pointsDecimal(Factor.RHYTHM));
        insert.setBigDecimal(7, score.pointsDecimal(Factor.FREQUENCY));
        insert.setBigDecimal(8, score.pointsDecimal(Factor.VALUE));
        insert.setBigDecimal(9, score.pointsDecimal(Factor.CONTACT));
        insert.setBoolean(10, score.atRisk());
        insert.setTimestamp(11, timestamp(score.atRiskSince()));
        insert.setTimestamp(12, timestamp(score.nextChange()));
        insert.setBoolean(13, expected.overridden());
        insert.setBigDecimal(14, expected.computed().scoreDecimal());
        insert.setInt(15, score.orderCount());
        insert.setBigDecimal(16, score.averageOrderValue());
        insert.setTimestamp(17, timestamp(score.lastOrderAt()));
        insert.setLong(18, score.usualGap());
        insert.setTimestamp(19, timestamp(user.lastContactAt));
        insert.setTimestamp(20, timestamp(snapshot.instant()));
        insert.setBigDecimal(21, score.pointsDecimal(Factor.LOYALTY));
        insert.setBigDecimal(22, score.orderProbability());
        insert.setBigDecimal(23, score.valueAtStakeDecimal());
        insert.addBatch();
        if (score.atRisk()) {
          episode.setString(1, EpisodeId.of(user.userId, score.atRiskSince()));
          episode.setString(2, user.userId);
          episode.setTimestamp(3, timestamp(score.atRiskSince()));
          episode.setTimestamp(4, timestamp(snapshot.instant()));
          episode.setTimestamp(5, timestamp(snapshot.instant()));
          episode.addBatch();
        }
      }
      insert.executeBatch();
      episode.executeBatch();
    }
    database.execute(
        """
        insert into engagement.outreach_decisions
          (decision_id, episode_id, user_id, decision, reason, decided_at, policy_version, inputs)
        select episode_id, episode_id, user_id, 'SKIP', 'NO_CONSENT', noticed_at, '', '{}'
        from engagement.risk_episodes
        on conflict (episode_id) do nothing
        """);
  }

  private static Timestamp timestamp(long millis) {
    return millis == Score.NEVER ? null : Timestamp.from(Instant.ofEpochMilli(millis));
  }
}
