package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.database.DashboardDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Asks a dashboard for its statistics, and its database for the same by SQL. */
final class Numbers implements AutoCloseable {

  /** Days of UTC, counted back from today. */
  private static final String DAY =
      "((now() at time zone 'UTC')::date - %d)::timestamp at time zone 'UTC'";

  /** What an order is worth in the policy's currency; null without a rate. */
  static final String NET =
      "round((amount - refunded_amount) * case currency when 'EUR' then 1 when 'USD' then 0.9 end,"
          + " 2)";

  private final Set<String> pagesRead = new TreeSet<>();
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

  /** A page as the browser of a viewer gets it. */
  ShownPage page(String path, Viewer viewer) throws Exception {
    TestClient browser =
        admin
            .with("Cookie", "zone=" + viewer.zone())
            .with("Accept-Language", viewer.locale().toLanguageTag());
    HttpResponse<String> answer = browser.get(path);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    pagesRead.add(path.replaceFirst("\\?.*", ""));
    return new ShownPage(path, answer.body(), viewer);
  }

  /** The addresses of the pages that were read, without their queries. */
  Set<String> pagesRead() {
    return pagesRead;
  }

  int status(String path) throws Exception {
    return admin.get(path).statusCode();
  }

  /** The rows of a query, each with its values by column. */
  List<Map<String, Object>> table(String sql) throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<Map<String, Object>> rows = new ArrayList<>();
      while (result.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** Until a query says so. */
  void await(String condition) throws Exception {
    while (!"t".equals(database.value(condition))) {
      Thread.onSpinWait();
    }
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
