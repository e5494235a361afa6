package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.email.EmailFacts;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.Decision.Kind;
import io.rekindle.job.outreach.Decision.Reason;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.writing.WriteEmails;
import io.rekindle.job.writing.WriterSettings;
import io.rekindle.platform.settings.Secret;
import io.rekindle.scoring.contact.EpisodeId;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests become rows of {@code engagement.emails}, in a real job and a real database. */
class WritingGraphITCase {

  private static final int EPISODES = 200;
  private static final CollectingSink<DeadLetter> REFUSED = new CollectingSink<>();
  private static final long NOW = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();

  @Test
  void shouldWriteOneEmailForEachEpisodeHoweverOftenItIsAskedFor(@TempDir Path directory)
      throws Exception {
    try (JobDatabase database = new JobDatabase();
        LocalCluster cluster = new LocalCluster()) {
      database.execute(
          "insert into shop.users (user_id) select 'user' || n from generate_series(0, "
              + EPISODES
              + ") n");
      database.execute("delete from shop.users where user_id in ('user8', 'user9')");
      database.execute(
          "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
              + " reason, decided_at, policy_version, inputs) values ('d8', '"
              + EpisodeId.of("user8", NOW - 8)
              + "', 'pseudonym', 'EMAIL', 'AT_RISK', now(), 'p', '{}')");
      database.execute(
          "alter table engagement.emails add constraint no_user_5 check (user_id <> 'user5')");
      database.execute(
          "insert into engagement.emails (email_id, episode_id, user_id, status, subject)"
              + " values ('by hand', '"
              + EpisodeId.of("user7", NOW - 7)
              + "', 'user7', 'SENT', 'by hand')");
      JobID job = cluster.submit(job(database, directory));
      cluster.await(
          job,
          () ->
              database
                  .rows("select count(*) from engagement.emails")
                  .contains(Integer.toString(EPISODES - 1)));
      // Every request comes again and again; none of them may add a row or change one.
      String written =
          "select md5(string_agg(e::text, '' order by email_id)) from engagement.emails e";
      List<String> before = database.rows(written);
      // Cut off in the middle, the store goes on with another connection.
      database.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where usename = 'rekindle_pipeline'");
      String commits =
          "select xact_commit from pg_stat_database where datname = current_database()";
      long commitsThen = Long.parseLong(database.rows(commits).get(0));
      cluster.await(job, () -> Long.parseLong(database.rows(commits).get(0)) > commitsThen + 50);
      cluster.cancel(job);

      assertThat(database.rows(written)).isEqualTo(before);
      assertThat(
              database.rows(
                  "select distinct status, generated_by, experiment_id, variant,"
                      + " engagement_score_at_time, email_id = episode_id from engagement.emails"
                      + " where user_id <> 'user7' and status <> 'CANCELLED'"))
          .containsExactly("READY|TEMPLATE|default|friendly|44|t");
      assertThat(database.rows("select subject from engagement.emails where user_id = 'user7'"))
          .as("the first text stays")
          .containsExactly("by hand");
      assertThat(
              database.rows(
                  "select count(*) from engagement.emails where html like"
                      + " '%https://mail.shop.example/unsubscribe/' || email_id || '/%'"))
          .containsExactly(Integer.toString(EPISODES - 4));
      assertThat(
              database.rows(
                  "select regexp_replace(user_id, '[0-9a-f]{32}', '*'), status_reason, subject,"
                      + " html, text, checks from engagement.emails where status = 'CANCELLED'"
                      + " order by 1"))
          .as("nothing of who has left the shop since")
          .containsExactly("erased-*|USER_REMOVED||||[]", "pseudonym|USER_REMOVED||||[]");
      assertThat(REFUSED.elements())
          .isNotEmpty()
          .allSatisfy(
              letter -> {
                assertThat(letter.reason()).isEqualTo(DeadLetterReason.REFUSED_BY_DATABASE);
                assertThat(letter.error()).contains("engagement.emails", "user5", "no_user_5");
              });
    }
  }

  private static StreamExecutionEnvironment job(JobDatabase database, Path directory) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            ProductionJob.configuration(
                JobSettings.read(
                    new String[] {
                      "--kafka.bootstrap-servers",
                      "none",
                      "--database.url",
                      database.url(),
                      "--checkpoint.directory",
                      directory.toUri().toString(),
                      "--parallelism",
                      "2"
                    },
                    Map.of())));
    DatabaseSettings settings =
        new DatabaseSettings(
            database.url(),
            "rekindle_pipeline",
            null,
            Duration.ofMillis(50),
            500,
            Duration.ofMinutes(1));
    WriterSettings writer =
        new WriterSettings(
            "The Shop",
            "https://shop.example",
            "1 Main Street, Town",
            "https://mail.shop.example",
            Secret.of("REKINDLE_UNSUBSCRIBE_SECRET", "0123456789abcdef0123456789abcdef"),
            null,
            settings,
            Duration.ofDays(3));
    WritingGraph.define(env, requests(), new WriteEmails(writer), REFUSED, 2, writer.capacity(2));
    return env;
  }

  private static Source<CdcRecord<Decision>, ?, ?> requests() {
    GeneratorFunction<Long, CdcRecord<Decision>> again =
        index ->
            CdcRecord.change(decision((int) (index % EPISODES)), CdcRecord.COMPLETENESS_UNKNOWN);
    return new DataGeneratorSource<>(
        again,
        Long.MAX_VALUE,
        RateLimiterStrategy.perSecond(2_000),
        EventTypeInfo.ofCdcRecord(Decision.class));
  }

  private static Decision decision(int number) {
    String userId = "user" + number;
    return new Decision(
        EpisodeId.of(userId, NOW - number),
        userId,
        Kind.EMAIL,
        Reason.AT_RISK,
        NOW,
        NOW - number,
        "default",
        "friendly",
        new OutreachVariant("friendly", 1_000_000, "winback-v1", "friendly", null),
        BigDecimal.valueOf(44),
        "cadence-v1",
        "{}",
        EPISODES,
        CapOrder.FIRST_DECIDED,
        null,
        new EmailFacts(
            userId,
            "Client " + number,
            Instant.ofEpochMilli(NOW - number),
            number + 1,
            new BigDecimal("59.90"),
            List.of("books"),
            "en",
            "Europe/Vienna"));
  }
}
