package io.rekindle.dashboard.reconstruction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Charts and lists before the day of the first start, and the mark that they are computed. */
class ReconstructedPastITCase extends DashboardTestBase {

  private static final int CLIENTS = 40;

  private final Instant installed =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(10, ChronoUnit.DAYS).plusSeconds(36_000);

  /** Clients with one order each, half of them at risk today. They were observed for ten days. */
  @BeforeEach
  void makeAShop() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, created_at)
        select 'u' || n, timestamptz '%1$s' - n * interval '3 days' - interval '12 hours'
        from generate_series(1, %2$d) n;
        insert into shop.orders (order_id, user_id, placed_at, amount)
        select 'o-' || user_id, user_id, created_at, 60 from shop.users;
        select engagement.ensure_score_history('%1$s', '%1$s');
        insert into engagement.pipeline_progress (subtask, parallelism, watermark)
        values (0, 1, '%1$s');
        """
            .formatted(installed, CLIENTS));
    // What the job would have published at the first start: the state at the end of the past.
    database.execute(
        """
        insert into engagement.score_history
          (user_id, as_of, revision, score, band, segment, at_risk, cause, policy_version)
        select user_id, '%s', 1, 50, 'COOLING', 'NEW', false, 'SNAPSHOT', 'cadence-v1'
        from shop.users
        """
            .formatted(installed));
    try (Connection connection = DriverManager.getConnection(database.url(), "rekindle_api", "")) {
      new HistoryReconstruction(connection, Duration.ZERO).run();
    }
    while (database.value("select finished_at from engagement.reconstruction") == null) {
      Thread.onSpinWait();
    }
    database.execute(
        """
        update engagement.score_history observed
        set score = past.score, band = past.band, segment = past.segment, at_risk = past.at_risk
        from (
          select distinct on (user_id) * from engagement.reconstructed_history
          order by user_id, as_of desc) past
        where observed.user_id = past.user_id;
        insert into engagement.user_scores
          (user_id, score, band, segment, order_count, at_risk, as_of, revision, policy_version)
        select user_id, score, band, segment, 1, at_risk, as_of, revision, policy_version
        from engagement.score_history;
        -- Only now are the days since then over, so that they are counted with these scores.
        update engagement.pipeline_progress set watermark = now();
        """);
  }

  private JsonNode json(String path) throws Exception {
    return Json.MAPPER.readTree(admin.get(path).body());
  }

  private JsonNode trendWithPast() throws Exception {
    JsonNode days;
    do {
      days = json("/api/trend?days=60").get("days");
      // The statistics may be of the empty database yet.
    } while (!days.get(0).get("reconstructed").asBoolean()
        || days.get(days.size() - 1).get("scored").asInt() < CLIENTS);
    return days;
  }

  @Test
  void shouldDrawTheTrendBeforeTheFirstStartFromTheReconstructedPast() throws Exception {
    LocalDate firstObserved = installed.atOffset(ZoneOffset.UTC).toLocalDate();
    for (JsonNode day : trendWithPast()) {
      LocalDate date = LocalDate.parse(day.get("day").textValue());
      assertThat(day.get("reconstructed").asBoolean())
          .as(date.toString())
          .isEqualTo(date.isBefore(firstObserved));
      String end = date.isBefore(firstObserved) ? date.plusDays(1) + "Z" : "infinity";
      assertThat(day.get("atRisk").asText() + " " + day.get("scored").asText())
          .as(date.toString())
          .isEqualTo(
              database.value(
                  """
                  select count(*) filter (where at_risk) || ' ' || count(score)
                  from (
                    select distinct on (user_id) * from engagement.reconstructed_history
                    where as_of < '%s' order by user_id, as_of desc) past
                  """
                      .formatted(end)));
    }
  }

  @Test
  void shouldCountTheChangesOfEachReconstructedDay() throws Exception {
    trendWithPast();
    long entered = 0;
    for (JsonNode day : json("/api/risk-transitions?days=60").get("days")) {
      if (day.get("reconstructed").asBoolean()) {
        entered += day.get("entered").asLong();
      }
    }
    LocalDate firstObserved = installed.atOffset(ZoneOffset.UTC).toLocalDate();
    assertThat(entered)
        .isPositive()
        .isEqualTo(
            Long.parseLong(
                database.value(
                    """
                    select count(*) from engagement.reconstructed_history
                    where at_risk and not previous_at_risk
                      and as_of >= (now() at time zone 'UTC')::date::timestamp at time zone 'UTC'
                        - interval '59 days'
                      and as_of < '%sZ'
                    """
                        .formatted(firstObserved))));
  }

  @Test
  void shouldNotCountAClientWhoIsAtRiskByOlderOrdersThatWereAdded() throws Exception {
    JsonNode before = trendWithPast();
    long yesterday = before.get(before.size() - 2).get("atRisk").asLong();
    // Seven change by a backfill, and one of those who were not at risk by time.
    database.execute(
        """
        select engagement.ensure_score_history(now(), now());
        with changed as (
          update engagement.user_scores s
          set at_risk = not s.at_risk, as_of = now(), revision = s.revision + 1
          from (
            (select user_id, 'BACKFILL' as cause from engagement.user_scores where at_risk
             order by user_id limit 3)
            union all
            (select user_id, case row_number() over (order by user_id)
                               when 1 then 'TIME' else 'BACKFILL' end
             from engagement.user_scores where not at_risk order by user_id limit 5)) picked
          where s.user_id = picked.user_id
          returning s.*, picked.cause)
        insert into engagement.score_history (user_id, as_of, revision, score, band, segment,
          at_risk, previous_score, previous_band, previous_at_risk, cause, policy_version)
        select user_id, as_of, revision, score, band, segment, at_risk, score, band, not at_risk,
               cause, policy_version
        from changed
        """);
    assertThat(
            database.value(
                "select count(*) from engagement.score_history where cause = 'BACKFILL'"))
        .isEqualTo("7");
    JsonNode today;
    do {
      JsonNode days = json("/api/risk-transitions?days=60").get("days");
      today = days.get(days.size() - 1);
    } while (today.get("entered").asLong() == 0);
    assertThat(today.get("entered").asLong()).isEqualTo(1);
    assertThat(today.get("left").asLong()).isZero();

    String atRisk = database.value("select count(*) from engagement.user_scores where at_risk");
    JsonNode trend;
    do {
      trend = json("/api/trend?days=60").get("days");
    } while (!trend.get(trend.size() - 1).get("atRisk").asText().equals(atRisk));
    assertThat(trend.get(trend.size() - 2).get("atRisk").asLong()).isEqualTo(yesterday);
  }

  @Test
  void shouldShowTheWholeHistoryOfAClientAndMarkWhatIsComputed() throws Exception {
    JsonNode items = json("/api/users/u30/history").get("items");
    assertThat(items).hasSizeGreaterThan(3);
    assertThat(items.get(0).get("reconstructed").asBoolean()).isFalse();
    assertThat(items.get(0).get("cause").textValue()).isEqualTo("SNAPSHOT");
    for (int i = 1; i < items.size(); i++) {
      assertThat(items.get(i).get("reconstructed").asBoolean()).isTrue();
    }
    assertThat(items.get(items.size() - 1).get("causeId").textValue()).isEqualTo("o-u30");
    assertThat(admin.get("/api/users/u30/history?format=csv").body()).contains("reconstructed");
  }

  private LocalDate installedOn() {
    return installed.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  /** The state of every client at the end of a day, by a query of its own. */
  private static String lastRows(String history, LocalDate day) {
    return "(select distinct on (user_id) * from engagement."
        + history
        + " where as_of < '"
        + day.plusDays(1)
        + "Z' order by user_id, as_of desc) last";
  }

  @Test
  void shouldCountTheShopAsOfAPastDay() throws Exception {
    for (int back : new int[] {1, 8, 30, 100}) {
      LocalDate day = installedOn().minusDays(back);
      JsonNode counts = json("/api/counts?asOf=" + day);
      String last = lastRows("reconstructed_history", day);
      assertThat(counts.get("asOf").textValue()).isEqualTo(day.toString());
      assertThat(counts.get("reconstructed").asBoolean()).isTrue();
      assertThat(counts.get("policy").get("policyVersion").textValue()).isEqualTo("cadence-v1");
      assertThat(
              "%d %d %d"
                  .formatted(
                      counts.get("clients").asLong(),
                      counts.get("scored").asLong(),
                      counts.get("atRisk").asLong()))
          .isEqualTo(
              database.value(
                  "select count(*) || ' ' || count(score) || ' ' || count(*) filter (where at_risk)"
                      + " from "
                      + last));
      assertThat(counts.get("averageScore").asDouble())
          .isCloseTo(
              Double.parseDouble(database.value("select avg(score) from " + last)), within(0.051));
      for (JsonNode segment : counts.get("segments")) {
        assertThat(segment.get("clients").asText())
            .isEqualTo(
                database.value(
                    "select count(*) from %s where segment = '%s'"
                        .formatted(last, segment.get("segment").textValue())));
      }
      assertThat(counts.get("bands"))
          .isEqualTo(
              Json.MAPPER.readTree(
                  database.value(
                      "select json_object_agg(band, n) from (select band, count(*) n from %s group"
                              .formatted(last)
                          + " by band) bands")));
    }
  }

  @Test
  void shouldCountAnObservedDayInTheObservedHistoryOnly() throws Exception {
    JsonNode counts = json("/api/counts?asOf=" + installedOn());
    assertThat(counts.get("reconstructed").asBoolean()).isFalse();
    assertThat(counts.get("policy").isNull()).isTrue();
    assertThat(counts.get("atRisk").asText())
        .isEqualTo(
            database.value(
                "select count(*) from "
                    + lastRows("score_history", installedOn())
                    + " where at_risk"));
  }

  @Test
  void shouldRefuseADayOfWhichNoScoreIsKnown() throws Exception {
    for (String day :
        new String[] {
          installedOn().minusMonths(25).toString(),
          LocalDate.now(ZoneOffset.UTC).plusDays(1).toString(),
          "2026-02-30",
          "yesterday",
          ""
        }) {
      assertThat(admin.get("/api/counts?asOf=" + day).statusCode()).as(day).isEqualTo(400);
    }
  }

  @Test
  @Timeout(60)
  void shouldShowTheShopAsOfADayAndMarkIt() throws Exception {
    LocalDate day = installedOn().minusDays(8);
    assertThat(admin.get("/?asOf=" + day).body())
        .contains("The shop as of", "Reconstructed, as the orders stand today", "cadence-v1");
    assertThat(admin.get("/?asOf=" + installedOn()).body())
        .contains("Observed: what the scores were then.")
        .doesNotContain("as the orders stand today");
    String earliest = "min=\"" + installedOn().minusMonths(24);
    String overview;
    do {
      overview = admin.get("/").body();
    } while (!overview.contains(earliest));
    assertThat(overview).contains("name=\"asOf\"");
  }

  @Test
  void shouldCountTheCohortsOfThePast() throws Exception {
    JsonNode cohorts = json("/api/cohorts");
    assertThat(cohorts.get("months")).hasSize(24);
    long clients = 0;
    for (JsonNode cohort : cohorts.get("cohorts")) {
      clients += cohort.get("clients").asLong();
      LocalDate joined = LocalDate.parse(cohort.get("month").textValue());
      for (JsonNode month : cohort.get("months")) {
        LocalDate end = LocalDate.parse(month.get("month").textValue()).plusMonths(1);
        boolean past = !end.isAfter(installedOn());
        assertThat(month.get("reconstructed").asBoolean()).isEqualTo(past);
        assertThat(month.get("active").asText())
            .as("%s in %s", joined, month)
            .isEqualTo(
                database.value(
                    """
                    select count(*) from %s join shop.orders o using (user_id)
                    where score is not null and not at_risk
                      and date_trunc('month', o.placed_at at time zone 'UTC') = '%s'
                    """
                        .formatted(
                            lastRows(
                                past ? "reconstructed_history" : "score_history", end.minusDays(1)),
                            joined)));
      }
    }
    assertThat(clients).isEqualTo(CLIENTS);
    assertThat(admin.get("/cohorts").body())
        .contains("First order", "reconstructed as the orders stand today");
  }

  @Test
  void shouldGoBackToTheBeginningOfThePast() throws Exception {
    JsonNode days;
    do {
      days = json("/api/trend?days=731").get("days");
    } while (days.size() < 700);
    for (int back : new int[] {50, 100, 300}) {
      LocalDate day = installedOn().minusDays(back);
      JsonNode point = days.get(days.size() - 1 - 10 - back);
      assertThat(point.get("day").textValue()).isEqualTo(day.toString());
      assertThat(point.get("atRisk").asText())
          .isEqualTo(
              database.value(
                  "select count(*) from "
                      + lastRows("reconstructed_history", day)
                      + " where at_risk"));
    }
  }
}
