package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rekindle.dashboard.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of the days that are over. */
@Timeout(120)
class ObservedDaysITCase {

  private TestDatabase database;
  private Numbers numbers;

  @BeforeEach
  void makeAShop() throws Exception {
    database = RandomShop.create();
    numbers = new Numbers(database);
  }

  @AfterEach
  void stop() throws Exception {
    numbers.close();
    database.close();
  }

  @Test
  void shouldCompareOnlyWithTimeThatWasObserved() throws Exception {
    numbers.close();
    // Its loop may still be storing days.
    database.value(
        "select count(pg_terminate_backend(pid, 20000)) from pg_stat_activity"
            + " where usename = 'rekindle_api' and datname = current_database()");
    database.execute(
        """
        truncate engagement.observed_days;
        delete from engagement.score_history where as_of < now() - interval '5 days';
        delete from engagement.outreach_decisions where decided_at < now() - interval '5 days'
        """);
    numbers = new Numbers(database);

    JsonNode entered = numbers.kpi(7, "ENTERED");

    assertThat(entered.get("change").isNull()).isTrue();
    assertThat(entered.get("since").textValue())
        .isEqualTo(
            database.value(
                "select (min(as_of) at time zone 'UTC')::date from engagement.score_history"));
    assertThat(numbers.get("/api/trend?days=30").get("days").size()).isLessThanOrEqualTo(6);
    assertThat(numbers.kpi(7, "EMAILS").get("change").isNull()).isTrue();
  }

  @Test
  void shouldKeepThePastWhenAClientLeaves() throws Exception {
    numbers.awaitObservedDays();
    JsonNode before = pastDays();
    database.execute(
        """
        begin;
        delete from engagement.score_history where user_id < 'u2';
        delete from engagement.user_scores where user_id < 'u2';
        commit
        """);
    numbers.close();
    numbers = new Numbers(database);

    JsonNode after = pastDays();
    for (int i = 0; i < before.size(); i++) {
      assertThat(counts(after.get(i))).isEqualTo(counts(before.get(i)));
    }
    assertThat(before.get(0).get("atRisk").doubleValue()).isPositive();
  }

  private static String counts(JsonNode day) {
    return day.get("day") + " " + day.get("atRisk") + " of " + day.get("scored");
  }

  /** The days of the trend that are over, with who was at risk at the end of each. */
  private JsonNode pastDays() throws Exception {
    JsonNode days = numbers.get("/api/trend?days=30").get("days");
    ((ArrayNode) days).remove(days.size() - 1);
    return days;
  }
}
