package io.rekindle.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.job.JobDatabase;
import io.rekindle.job.engagement.Cause;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.platform.jdbc.SessionLimits;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.contact.EpisodeId;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The statements on a real Postgres. */
class RetryingDatabaseITCase {

  private static final long NOON = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();
  private static final long MONTH_END = Instant.parse("2026-03-31T23:59:59.999Z").toEpochMilli();
  private static final Scorer SCORER = new Scorer(ScoringPolicy.builtIn("cadence-v1"));

  private static JobDatabase database;
  private static final Duration QUIET = Duration.ofSeconds(90);

  private static Counter unstoredHistory;
  private RetryingDatabase<ScoreUpdate> writer;

  @BeforeAll
  static void start() throws IOException {
    database = new JobDatabase();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @BeforeEach
  void open() throws Exception {
    database.empty();
    unstoredHistory = new SimpleCounter();
    writer = writer(0, 1, database.url());
  }

  @AfterEach
  void close() {
    writer.close();
  }

  private static RetryingDatabase<ScoreUpdate> writer(int subtask, int parallelism, String url) {
    return writer(new ScoreTables(QUIET, false, unstoredHistory), subtask, parallelism, url);
  }

  private static <T> RetryingDatabase<T> writer(
      Tables<T> tables, int subtask, int parallelism, String url) {
    return new RetryingDatabase<>(tables, connections(url), Duration.ZERO, subtask, parallelism);
  }

  private static SimpleJdbcConnectionProvider connections(String url) {
    return new SimpleJdbcConnectionProvider(
        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
            .withUrl(url)
            .withDriverName("org.postgresql.Driver")
            .build());
  }

  @Test
  void shouldStoreEveryColumnOfAScore() throws Exception {
    store(update("anna", NOON, 1, oneOrder(NOON, 4_000)));

    assertThat(
            database.rows(
                """
                select user_id, score, band, segment, recency_points, rhythm_points,
                  frequency_points, value_points, contact_points, order_count, average_order_value,
                  extract(epoch from last_order_at)::bigint, usual_gap_ms, at_risk, at_risk_since,
                  extract(epoch from next_change_at - last_order_at)::bigint, overridden,
                  computed_score, last_contact_at, extract(epoch from as_of)::bigint, revision,
                  policy_version
                from engagement.user_scores
                """))
        .containsExactly(
            "anna|66|COOLING|NEW|30|30|4|2|0|1|40.00|"
                + (NOON / 1_000)
                + "|5184000000|f||1209600|f|66||"
                + (NOON / 1_000)
                + "|1|cadence-v1");
  }

  @Test
  void shouldStoreAProspectWithoutPoints() throws Exception {
    store(update("anna", NOON, 1, OrderHistory.EMPTY));

    assertThat(
            database.rows(
                "select score, recency_points, usual_gap_ms, average_order_value, segment"
                    + " from engagement.user_scores"))
        .containsExactly("||||PROSPECT");
  }

  @Test
  void shouldKeepMillisecondsExactly() throws Exception {
    store(update("anna", MONTH_END, 1, oneOrder(NOON, 4_000)));

    assertThat(database.rows("select as_of at time zone 'UTC' from engagement.user_scores"))
        .containsExactly("2026-03-31 23:59:59.999");
  }

  @Test
  void shouldNotLetAnOlderScoreUpdateReplaceANewerOne() throws Exception {
    store(update("anna", NOON, 5, oneOrder(NOON, 4_000)));
    store(update("anna", NOON - 1, 9, oneOrder(NOON, 100)));
    store(update("anna", NOON, 4, oneOrder(NOON, 100)));
    store(gone("anna", NOON - 1, 9));
    assertThat(revisions()).containsExactly("anna|5");

    store(update("anna", NOON, 6, oneOrder(NOON, 100)));
    assertThat(revisions()).containsExactly("anna|6");
    store(gone("anna", NOON + 1, 7));
    assertThat(revisions()).isEmpty();
  }

  @Test
  void shouldShowTheLastOfOneBatchAndKeepAllOfItsHistory() throws Exception {
    store(
        update("bert", NOON, 1, OrderHistory.EMPTY),
        update("anna", NOON, 1, OrderHistory.EMPTY),
        update("anna", NOON + 1, 2, oneOrder(NOON, 4_000)));

    assertThat(revisions()).containsExactly("anna|2", "bert|1");
    assertThat(history()).containsExactly("anna|1", "anna|2", "bert|1");
  }

  @Test
  void shouldStoreHistoryOnceHoweverOftenItComes() throws Exception {
    ScoreUpdate update = update("anna", NOON, 1, oneOrder(NOON, 4_000));
    store(update);
    store(update);

    assertThat(history()).containsExactly("anna|1");
  }

  @Test
  void shouldMakeTheMonthsThatHistoryFallsInto() throws Exception {
    store(
        update("anna", MONTH_END, 1, oneOrder(NOON, 4_000)),
        update("anna", MONTH_END + 1, 2, oneOrder(NOON, 4_000)));

    assertThat(
            database.rows(
                "select tableoid::regclass::text from engagement.score_history order by as_of"))
        .containsExactly("engagement.score_history_2026_03", "engagement.score_history_2026_04");
  }

  @Test
  void shouldTellWhatWasShownBefore() throws Exception {
    Score score = SCORER.score(oneOrder(NOON, 4_000), NOON, Score.NEVER);
    store(
        new ScoreUpdate(
            "anna",
            NOON,
            2,
            score,
            score,
            false,
            Score.NEVER,
            "cadence-v1",
            new PublishedScore(true, 12.5, Band.LAPSED, true, false),
            Cause.ORDER_PLACED,
            "o1",
            true,
            null));

    assertThat(
            database.rows(
                "select previous_score, previous_band, previous_at_risk, cause, cause_id"
                    + " from engagement.score_history"))
        .containsExactly("12.5000|LAPSED|t|ORDER_PLACED|o1");
  }

  @Test
  void shouldBeCompleteUntilTheLeastOfAllSubtasks() throws Exception {
    try (AutoClosing other = new AutoClosing(writer(1, 2, database.url()))) {
      RetryingDatabase<ScoreUpdate> first = writer(0, 2, database.url());
      first.store(new ScoreBatch(), NOON + 500);
      first.close();
      assertThat(scoredUntil()).containsExactly("");
      other.database().store(new ScoreBatch(), NOON + 100);
      assertThat(scoredUntil()).containsExactly("2026-03-31 12:00:00.1");
      other.database().store(new ScoreBatch(), NOON + 900);
      assertThat(scoredUntil()).containsExactly("2026-03-31 12:00:00.5");
    }
  }

  private record AutoClosing(RetryingDatabase<ScoreUpdate> database) implements AutoCloseable {
    @Override
    public void close() {
      database.close();
    }
  }

  @Test
  void shouldNotTakeBackProgressAfterARestore() throws Exception {
    writer.store(new ScoreBatch(), NOON + 500);
    writer.store(new ScoreBatch(), NOON + 100);
    assertThat(scoredUntil()).containsExactly("2026-03-31 12:00:00.5");
  }

  @Test
  void shouldStoreAllButTheRowsThatTheDatabaseRefuses() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      database.empty();
      ScoreBatch batch = new ScoreBatch();
      List<String> sound = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      int users = 1 + random.nextInt(40);
      for (int user = 0; user < users; user++) {
        boolean impossible = random.nextInt(5) == 0;
        String userId = "user%02d%s".formatted(user, impossible ? "\u0000" : "");
        (impossible ? refused : sound).add(userId);
        batch.add(update(userId, NOON, 1, oneOrder(NOON, 4_000)));
      }

      List<DeadLetter> letters = writer.store(batch, NOON + round);

      assertThat(revisions())
          .as("seed %d, round %d", seed, round)
          .containsExactlyElementsOf(sound.stream().map(userId -> userId + "|1").toList());
      assertThat(history()).hasSameSizeAs(sound);
      assertThat(letters.stream().map(letter -> new String(letter.key(), UTF_8)).distinct())
          .containsExactlyInAnyOrderElementsOf(refused);
      assertThat(scoredUntil()).as("time goes on").hasSize(1).doesNotContain("");
    }
  }

  @Test
  void shouldNameTheRowThatTheDatabaseRefuses() throws Exception {
    database.execute(
        "alter table engagement.user_scores add constraint small check (average_order_value < 1)");
    try {
      ScoreUpdate update = update("anna", NOON, 7, oneOrder(NOON, 4_000));
      ScoreBatch batch = new ScoreBatch();
      batch.add(update);
      List<DeadLetter> letters = writer.store(batch, NOON);
      List<DeadLetter> again = writer.store(batch, NOON);

      assertThat(again).as("the same dead letter after a restart").isEqualTo(letters);
      DeadLetter letter = letters.get(0);
      assertThat(letters).hasSize(1);
      assertThat(letter.topic()).isEqualTo("engagement.user_scores");
      assertThat(letter.timestamp()).isEqualTo(NOON);
      assertThat(letter.reason()).isEqualTo(DeadLetterReason.REFUSED_BY_DATABASE);
      assertThat(letter.error())
          .contains("user 'anna' as of 2026-03-31T12:00:00Z, after SNAPSHOT", "small", "23514");
      assertThat(new String(letter.value(), UTF_8))
          .contains("\"user_id\":\"anna\"", "\"revision\":7", "\"average_order_value\":40.00");
      assertThat(history()).as("what is not refused is stored").containsExactly("anna|7");
      assertThat(scoredUntil()).containsExactly("2026-03-31 12:00:00");
    } finally {
      database.execute("alter table engagement.user_scores drop constraint small");
    }

    store(update("anna", NOON + 1, 8, oneOrder(NOON, 4_000)));
    assertThat(revisions()).as("the next result is tried again").containsExactly("anna|8");
  }

  @Test
  void shouldStopWhereTheSchemaIsWrong() throws Exception {
    database.execute("alter table engagement.user_scores rename column segment to part");
    try {
      assertThatThrownBy(() -> store(update("anna", NOON, 1, oneOrder(NOON, 4_000))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refuses")
          .hasMessageContaining("segment");
    } finally {
      database.execute("alter table engagement.user_scores rename column part to segment");
    }
  }

  @Test
  void shouldStoreTheLargestAverage() throws Exception {
    store(update("anna", NOON, 1, oneOrder(NOON, Long.MAX_VALUE / 2)));

    assertThat(revisions()).containsExactly("anna|1");
  }

  @Test
  void shouldListTheMonthsOfHistoryThatAreDetached() throws Exception {
    store(update("anna", NOON, 1, oneOrder(NOON, 4_000)));
    database.execute(
        "alter table engagement.score_history detach partition engagement.score_history_2026_03");
    try {
      ScoreBatch batch = new ScoreBatch();
      batch.add(update("anna", NOON + 1, 2, oneOrder(NOON, 4_000)));
      batch.add(update("bert", MONTH_END + 1, 1, oneOrder(NOON, 4_000)));

      assertThat(writer.store(batch, Score.NEVER)).isEmpty();

      assertThat(revisions()).containsExactly("anna|2", "bert|1");
      assertThat(history()).containsExactly("bert|1");
      assertThat(database.rows("select month, rows from engagement.unstored_history"))
          .containsExactly("2026-03-01|1");
      assertThat(unstoredHistory.getCount()).isEqualTo(1);
    } finally {
      database.execute(
          "alter table engagement.score_history attach partition engagement.score_history_2026_03"
              + " for values from ('2026-03-01 00:00:00+00') to ('2026-04-01 00:00:00+00')");
    }

    store(update("anna", NOON + 2, 3, oneOrder(NOON, 4_000)));
    assertThat(history()).containsExactly("anna|1", "anna|3", "bert|1");
  }

  @Test
  void shouldNotLetALateWriterBringARemovedUserBack() throws Exception {
    store(update("anna", NOON, 5, oneOrder(NOON, 4_000)));
    store(gone("anna", NOON + 10, 6));
    store(update("anna", NOON + 9, 9, oneOrder(NOON, 4_000)));
    store(update("anna", NOON + 10, 5, oneOrder(NOON, 4_000)));
    assertThat(revisions()).as("older than the removal").isEmpty();

    store(update("anna", NOON + 11, 1, oneOrder(NOON, 4_000)));
    assertThat(revisions()).as("a user who has come back").containsExactly("anna|1");
  }

  @Test
  void shouldRemoveWhatAFrozenWriterHasNotYetCommitted() throws Exception {
    try (Connection frozen = DriverManager.getConnection(database.url());
        Statement statement = frozen.createStatement()) {
      frozen.setAutoCommit(false);
      statement.execute(
          "insert into engagement.user_scores (user_id, band, segment, order_count, at_risk, as_of,"
              + " revision, policy_version) values ('anna', 'LOW', 'NEW', 1, false,"
              + " '2026-03-31 11:00:00Z', 1, 'cadence-v1')");
      CompletableFuture<Void> removal =
          CompletableFuture.runAsync(
              () -> {
                try {
                  store(gone("anna", NOON, 2));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      while (database
          .rows("select from pg_stat_activity where wait_event_type = 'Lock'")
          .isEmpty()) {
        assertThat(removal).isNotDone();
        Thread.onSpinWait();
      }
      frozen.commit();
      removal.get();
    }
    assertThat(revisions()).isEmpty();
  }

  @Test
  void shouldGoOnWithANewConnectionAfterTheOldOneWasCut() throws Exception {
    RetryingDatabase<ScoreUpdate> retrying =
        new RetryingDatabase<>(
            new ScoreTables(QUIET, false, unstoredHistory),
            new SimpleJdbcConnectionProvider(
                new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                    .withUrl(database.url())
                    .withDriverName("org.postgresql.Driver")
                    .build()),
            Duration.ofMinutes(1),
            0,
            1);
    try (AutoClosing closing = new AutoClosing(retrying)) {
      store(closing.database(), update("anna", NOON, 1, OrderHistory.EMPTY));
      database.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where usename = 'rekindle_pipeline'");
      store(closing.database(), update("anna", NOON, 2, OrderHistory.EMPTY));
    }
    assertThat(revisions()).containsExactly("anna|2");
  }

  @Test
  void shouldNotWaitForAWriterThatIsFrozen() throws Exception {
    store(update("anna", NOON, 1, OrderHistory.EMPTY));
    DatabaseSettings settings =
        new DatabaseSettings(
            database.url(), "rekindle_pipeline", null, Duration.ZERO, 1, Duration.ofMinutes(1));
    SimpleJdbcConnectionProvider connections =
        new SimpleJdbcConnectionProvider(settings.connection());
    RetryingDatabase<ScoreUpdate> waiting =
        new RetryingDatabase<>(
            new ScoreTables(QUIET, false, unstoredHistory),
            connections,
            Duration.ofMinutes(1),
            0,
            1);
    try (AutoClosing closing = new AutoClosing(waiting);
        Connection frozen = settings.connect();
        Statement statement = frozen.createStatement()) {
      assertThat(value(statement, "show idle_in_transaction_session_timeout")).isEqualTo("20s");
      assertThat(value(statement, "show tcp_user_timeout")).isEqualTo("20000");
      assertThat(value(statement, "show lock_timeout")).isEqualTo("10s");
      assertThat(value(statement, "show transaction_timeout")).isEqualTo("40s");
      statement.execute("set idle_in_transaction_session_timeout = '2s'");
      try (Statement first = connections.getOrEstablishConnection().createStatement()) {
        first.execute("set lock_timeout = '200ms'");
      }
      frozen.setAutoCommit(false);
      statement.execute("update engagement.user_scores set revision = 9");

      store(closing.database(), update("anna", NOON, 2, OrderHistory.EMPTY));

      assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
    }
    assertThat(revisions()).containsExactly("anna|2");
  }

  /** Postgres waits for the rest of a message without calling the client idle. */
  @Test
  void shouldNotWaitForAWriterThatIsFrozenWithinAStatement() throws Exception {
    store(update("anna", NOON, 1, OrderHistory.EMPTY));
    URI url = URI.create(database.url().substring("jdbc:".length()));
    try (Socket frozen = new Socket(url.getHost(), url.getPort())) {
      DataOutputStream out = new DataOutputStream(frozen.getOutputStream());
      DataInputStream in = new DataInputStream(frozen.getInputStream());
      byte[] start =
          String.join(
                  "\0",
                  "user",
                  "rekindle_pipeline",
                  "database",
                  url.getPath().substring(1),
                  "options",
                  SessionLimits.options(Duration.ofSeconds(10))
                      + " -c idle_in_transaction_session_timeout=1s -c transaction_timeout=2s",
                  "\0")
              .getBytes(UTF_8);
      out.writeInt(start.length + 8);
      out.writeInt(3 << 16);
      out.write(start);
      awaitReady(in);
      query(out, "begin; update engagement.user_scores set revision = 9");
      awaitReady(in);
      // The first bytes of a statement that would have a hundred.
      out.writeByte('P');
      out.writeInt(100);
      out.writeByte(0);
      out.flush();

      store(update("anna", NOON, 2, OrderHistory.EMPTY));
    }
    assertThat(revisions()).containsExactly("anna|2");
  }

  private static void query(DataOutputStream out, String sql) throws IOException {
    byte[] text = sql.getBytes(UTF_8);
    out.writeByte('Q');
    out.writeInt(text.length + 5);
    out.write(text);
    out.writeByte(0);
    out.flush();
  }

  /** Reads the server's messages up to "ready for query". */
  private static void awaitReady(DataInputStream in) throws IOException {
    byte type;
    do {
      type = in.readByte();
      byte[] content = in.readNBytes(in.readInt() - 4);
      assertThat(type).as(new String(content, UTF_8)).isNotEqualTo((byte) 'E');
    } while (type != 'Z');
  }

  private static String value(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void shouldSweepRemovedUsersOnceAtAStartFromNothing() throws Exception {
    store(
        update("anna", NOON, 1, OrderHistory.EMPTY),
        withEpisode(
            update("bert", NOON, 1, oneOrder(NOON, 4_000)),
            Episode.opened(NOON - 5, NOON, 44, "cadence-v1")));
    database.execute("insert into shop.users (user_id) values ('anna')");
    RetryingDatabase<ScoreUpdate> fromNothing =
        writer(new ScoreTables(QUIET, true, unstoredHistory), 0, 1, database.url());
    try (AutoClosing closing = new AutoClosing(fromNothing)) {
      store(closing.database(), update("anna", NOON + 1, 1, OrderHistory.EMPTY));
      assertThat(revisions()).containsExactly("anna|1");
      assertThat(database.rows("select user_id, close_reason from engagement.risk_episodes"))
          .containsExactly("bert|USER_REMOVED");

      database.execute("delete from shop.users");
      store(closing.database(), update("anna", NOON + 2, 2, OrderHistory.EMPTY));
      assertThat(revisions()).as("its deletion has an event").containsExactly("anna|2");
    } finally {
      database.execute("delete from shop.users");
    }
  }

  @Test
  void shouldStoreAnEpisodeFromItsBeginningToItsEnd() throws Exception {
    Episode opened = Episode.opened(NOON - 5, NOON, 44, "cadence-v1");
    store(withEpisode(update("anna", NOON, 1, oneOrder(NOON, 4_000)), opened));
    String episodes =
        "select episode_id, user_id, extract(epoch from noticed_at - opened_at) * 1000,"
            + " extract(epoch from closed_at - noticed_at) * 1000, close_reason,"
            + " score_at_opening, policy_version from engagement.risk_episodes";
    String id = EpisodeId.of("anna", NOON - 5);
    assertThat(database.rows(episodes)).containsExactly(id + "|anna|5.000000|||44|cadence-v1");

    ScoreUpdate closing =
        withEpisode(
            update("anna", NOON + 7, 2, oneOrder(NOON, 4_000)),
            opened.closed(NOON + 7, Episode.CloseReason.RECOVERED));
    store(closing);
    store(withEpisode(update("anna", NOON, 1, oneOrder(NOON, 4_000)), opened));
    assertThat(database.rows(episodes))
        .as("closed, and a repeat of the opening changes nothing")
        .containsExactly(id + "|anna|5.000000|7.000000|RECOVERED|44|cadence-v1");

    store(
        withEpisode(
            update("anna", NOON + 9, 3, oneOrder(NOON, 4_000)),
            Episode.opened(NOON - 5, NOON + 9, 40, "cadence-v2")));
    assertThat(database.rows(episodes))
        .as("opened again, with its beginning as it was")
        .containsExactly(id + "|anna|5.000000|||44|cadence-v1");
  }

  @Test
  void shouldCloseWhatALostStateLeftOpen() throws Exception {
    Episode lost = Episode.opened(NOON - 5, NOON, 44, "cadence-v1");
    Episode older = Episode.opened(NOON - 9, NOON, 40, "cadence-v1");
    store(withEpisode(update("anna", NOON, 8, oneOrder(NOON, 4_000)), lost));
    store(withEpisode(update("bert", NOON, 8, oneOrder(NOON, 4_000)), lost));
    store(withEpisode(update("carl", NOON, 8, oneOrder(NOON, 4_000)), lost));
    store(withEpisode(update("carl", NOON, 9, oneOrder(NOON, 4_000)), older));
    String episodes =
        "select user_id, score_at_opening, close_reason, revision from engagement.risk_episodes"
            + " order by user_id, opened_at";

    store(
        update("anna", NOON + 50, 1, oneOrder(NOON, 4_000)),
        update("bert", NOON + 50, 1, OrderHistory.EMPTY),
        withEpisode(update("carl", NOON + 50, 1, oneOrder(NOON, 4_000)), lost));

    assertThat(database.rows(episodes))
        .as("a job that starts from nothing counts revisions from 1 again")
        .containsExactly(
            "anna|44|RECOVERED|1", "bert|44|NO_ORDERS|1", "carl|40|RECOVERED|1", "carl|44||1");

    store(
        withEpisode(
            update("carl", NOON + 60, 2, oneOrder(NOON, 4_000)),
            lost.closed(NOON + 60, Episode.CloseReason.RECOVERED)));
    assertThat(database.rows(episodes)).last().isEqualTo("carl|44|RECOVERED|2");
  }

  @Test
  void shouldStoreAnEpisodeThatOpensAndClosesInOneBatch() throws Exception {
    Episode opened = Episode.opened(NOON - 5, NOON, 44, "cadence-v1");
    store(
        withEpisode(update("anna", NOON, 1, oneOrder(NOON, 4_000)), opened),
        withEpisode(
            update("anna", NOON + 7, 2, oneOrder(NOON, 4_000)),
            opened.closed(NOON + 7, Episode.CloseReason.NO_ORDERS)));
    assertThat(database.rows("select close_reason, revision from engagement.risk_episodes"))
        .containsExactly("NO_ORDERS|2");
  }

  @Test
  void shouldKeepOnePolicyInForceAndNeverAnOlderOne() throws Exception {
    storePolicy("cadence-v1", true, Score.NEVER, Score.NEVER);
    String stored =
        "select policy_version, built_in, hash, document ->> 'base',"
            + " extract(epoch from in_force_since)::bigint * 1000,"
            + " extract(epoch from changed_at)::bigint * 1000 from engagement.policy_in_force";
    assertThat(database.rows(stored)).containsExactly("cadence-v1|t|hash|7||");

    storePolicy("p", false, NOON, NOON);
    assertThat(database.rows(stored)).containsExactly("p|f|hash|7|" + NOON + "|" + NOON);

    storePolicy("cadence-v1", true, Score.NEVER, Score.NEVER);
    storePolicy("older", false, NOON - 1, NOON - 1);
    assertThat(database.rows(stored)).containsExactly("p|f|hash|7|" + NOON + "|" + NOON);

    storePolicy("cadence-v1", true, NOON + 1_000, NOON + 2_000);
    assertThat(database.rows(stored))
        .containsExactly("cadence-v1|t|hash|7|" + (NOON + 1_000) + "|" + (NOON + 2_000));
  }

  private static void storePolicy(String version, boolean builtIn, long since, long changedAt)
      throws Exception {
    PolicyTables tables = new PolicyTables();
    RetryingDatabase<PolicyInForce> policies = writer(tables, 0, 1, database.url());
    Tables.Batch<PolicyInForce> batch = tables.newBatch();
    batch.add(
        new PolicyInForce("an earlier one", builtIn, "h", "{}", null, null, since, changedAt));
    batch.add(
        new PolicyInForce(
            version, builtIn, "hash", "{\"base\": 7}", "m", "{\"money\": 1}", since, changedAt));
    policies.store(batch, Score.NEVER);
    policies.close();
  }

  @Test
  void shouldKeepTheFirstDecisionOfAnEpisode() throws Exception {
    RetryingDatabase<Decision> decisions = writer(new DecisionTables(), 0, 1, database.url());
    DecisionTables tables = new DecisionTables();
    for (int attempt = 0; attempt < 2; attempt++) {
      Tables.Batch<Decision> batch = tables.newBatch();
      batch.add(decision("e1", NOON + attempt));
      batch.add(decision("e1", NOON + 9));
      decisions.store(batch, Score.NEVER);
    }
    decisions.close();
    assertThat(
            database.rows(
                "select decision_id, episode_id, user_id, decision, reason,"
                    + " extract(epoch from decided_at) * 1000, experiment_id, arm, score,"
                    + " policy_version, inputs, control_share from engagement.outreach_decisions"))
        .containsExactly(
            "e1|e1|anna|HOLDOUT|AT_RISK|"
                + NOON
                + ".000000|default|HOLDOUT|44|cadence-v1|{\"control_share\": 0.05}|0.05");
  }

  private static Decision decision(String episodeId, long decidedAt) {
    return new Decision(
        episodeId,
        "anna",
        Decision.Kind.HOLDOUT,
        Decision.Reason.AT_RISK,
        decidedAt,
        decidedAt - 5,
        "default",
        OutreachRules.HOLDOUT,
        null,
        BigDecimal.valueOf(44),
        "cadence-v1",
        "{\"control_share\": 0.05}",
        10,
        CapOrder.FIRST_DECIDED,
        null,
        null);
  }

  private static ScoreUpdate withEpisode(ScoreUpdate update, Episode episode) {
    return new ScoreUpdate(
        update.userId(),
        update.asOf(),
        update.revision(),
        update.score(),
        update.computed(),
        update.overridden(),
        update.lastContactAt(),
        update.policyVersion(),
        update.previous(),
        update.cause(),
        update.causeId(),
        update.changed(),
        episode);
  }

  private void store(ScoreUpdate... updates) throws Exception {
    store(writer, updates);
  }

  private static void store(RetryingDatabase<ScoreUpdate> to, ScoreUpdate... updates)
      throws Exception {
    ScoreBatch batch = new ScoreBatch();
    for (ScoreUpdate update : updates) {
      batch.add(update);
    }
    to.store(batch, Score.NEVER);
  }

  private static List<String> revisions() throws Exception {
    return database.rows("select user_id, revision from engagement.user_scores order by 1, 2");
  }

  private static List<String> history() throws Exception {
    return database.rows("select user_id, revision from engagement.score_history order by 1, 2");
  }

  private static List<String> scoredUntil() throws Exception {
    return database.rows("select scored_until at time zone 'UTC' from engagement.scored_until");
  }

  private static ScoreUpdate update(String userId, long asOf, long revision, OrderHistory orders) {
    Score score = SCORER.score(orders, asOf, Score.NEVER);
    return new ScoreUpdate(
        userId,
        asOf,
        revision,
        score,
        score,
        false,
        Score.NEVER,
        "cadence-v1",
        null,
        Cause.SNAPSHOT,
        null,
        true,
        null);
  }

  private static ScoreUpdate gone(String userId, long asOf, long revision) {
    return new ScoreUpdate(
        userId,
        asOf,
        revision,
        null,
        null,
        false,
        Score.NEVER,
        null,
        null,
        Cause.USER_REMOVED,
        null,
        true,
        null);
  }

  private static OrderHistory oneOrder(long placedAt, long netMinor) {
    return new OrderHistory() {
      @Override
      public int size() {
        return 1;
      }

      @Override
      public long placedAt(int index) {
        return placedAt;
      }

      @Override
      public long netMinor(int index) {
        return netMinor;
      }

      @Override
      public int currency(int index) {
        return 0;
      }
    };
  }
}
