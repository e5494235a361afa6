package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A scheduled fit, with the rights of the dashboard. */
class FitMainITCase {

  private static TestDatabase database;

  @BeforeAll
  static void startPostgres() throws Exception {
    database = new TestDatabase();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    database.close();
  }

  @BeforeEach
  void clear() throws Exception {
    database.clear();
    database.execute("update engagement.fit_settings set activate = false");
  }

  @Test
  void shouldTellThatAShopIsTooSmall() throws Exception {
    assertThat(run()).contains("0 clients with an order, at least 200 are needed");
  }

  @Test
  void shouldStoreADraftAndActivateItIfAllowed() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id) select 'u' || n from generate_series(1, 400) n;
        insert into shop.orders (order_id, user_id, placed_at, amount, currency)
        select n || '-' || k, 'u' || n,
               now() - interval '500 days' + (n * 37 % 300) * interval '1 day'
                 + k * (5 + n % 60) * interval '1 day',
               5 + (n * k) % 90, 'EUR'
        from generate_series(1, 400) n, generate_series(0, (n * 7) % 13) k
        where (n * 37 % 300) + k * (5 + n % 60) < 500;
        """);

    assertThat(run()).startsWith("fitted-").endsWith("is a draft: no admin allows more");
    assertThat(database.value("select created_by from engagement.scoring_policies"))
        .isEqualTo("scheduled fit");

    database.execute("update engagement.fit_settings set activate = true");
    String sentence = run();
    boolean holds =
        Boolean.parseBoolean(
            database.value(
                "select gate ->> 'holds' from engagement.backtests order by ran_at desc limit 1"));
    assertThat(sentence)
        .endsWith(holds ? "is in force: its gate holds" : "is a draft: its gate does not hold");
    assertThat(database.value("select bool_or(active) from engagement.scoring_policies"))
        .isEqualTo(holds ? "t" : "f");
  }

  private static String run() throws Exception {
    try (Connection connection = DriverManager.getConnection(database.url(), "rekindle_api", "")) {
      return FitMain.run(connection);
    }
  }
}
