package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.database.DashboardDatabase;
import java.net.http.HttpResponse;

/** Asks a dashboard for its statistics, and its database for the same by SQL. */
final class Numbers implements AutoCloseable {

  /** Days of UTC, counted back from today. */
  private static final String DAY =
      "((now() at time zone 'UTC')::date - %d)::timestamp at time zone 'UTC'";

  private final TestDatabase database;
  private final TestDashboard dashboard;
  private final TestClient admin;

  Numbers(TestDatabase database) throws Exception {
    this.database = database;
    this.dashboard = RandomShop.dashboard(database);
    this.admin = dashboard.admin(database);
  }

  @Override
  public void close() {
    dashboard.close();
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = admin.get(path);
    for (; answer.statusCode() == 503; answer = admin.get(path)) {
      Thread.onSpinWait();
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestClient.json(answer);
  }

  /** The text of a page. */
  String page(String path) throws Exception {
    HttpResponse<String> answer = admin.get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  /** What there is to do, as the role of the dashboard counts it. */
  Today.Counts today() {
    try (DashboardDatabase api = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      return api.unlimited().withHandle(TodayQuery::compute);
    }
  }

  /** How many rows a CSV has. */
  long rows(String path) throws Exception {
    HttpResponse<String> answer = admin.get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body().lines().count() - 1;
  }

  Double sql(String sql) throws Exception {
    String value = database.value(sql);
    return value == null ? null : Double.valueOf(value);
  }

  static String day(int back) {
    return DAY.formatted(back);
  }

  JsonNode kpi(int days, String id) throws Exception {
    for (JsonNode kpi : get("/api/overview?days=" + days).get("kpis")) {
      if (kpi.get("id").textValue().equals(id)) {
        return kpi;
      }
    }
    throw new AssertionError(id);
  }

  /** The days before the last 90 count once they are stored. */
  void awaitObservedDays() throws Exception {
    while (kpi(90, "ENTERED").get("change").isNull()) {
      Thread.onSpinWait();
    }
  }
}
