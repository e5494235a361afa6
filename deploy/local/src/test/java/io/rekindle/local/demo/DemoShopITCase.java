package io.rekindle.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.ShopDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DemoShopITCase {

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @Test
  void shouldFillTheTables() throws SQLException {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    try (var connection = database.connect()) {
      DemoShop.fill(connection, now);
    }

    DemoShop expected = DemoShop.endingAt(now);
    assertThat(database.value("select count(*) from shop.users")).isEqualTo("2000");
    assertThat(database.value("select count(*) from shop.orders"))
        .isEqualTo(String.valueOf(expected.orders().size()));
    assertThat(
            database.value(
                "select count(*) from engagement.emails"
                    + " where status = 'SENT' and generated_by = 'EXTERNAL'"))
        .isEqualTo(String.valueOf(expected.contacts().size()));
    assertThat(database.value("select count(*) from engagement.risk_episodes"))
        .isEqualTo(String.valueOf(expected.episodes().size()));
    assertThat(
            database.value(
                "select count(*) from engagement.outreach_decisions where inputs ->> 'demo' = 'true'"))
        .isEqualTo(String.valueOf(expected.episodes().size()));
    assertThat(
            database.value(
                "select count(*) from engagement.emails where generated_by = 'TEMPLATE'"))
        .isEqualTo(
            String.valueOf(
                expected.episodes().stream().filter(one -> one.email() != null).count()));
    // The campaign has enough data.
    assertThat(
            database.value(
                "select verdict || ' ' || coalesce(more_users_needed::text, 'none') || ' of '"
                    + " || users || ', p ' || (sample_ratio_p > 0.001)"
                    + " from engagement.uplift('demo-winback') where arm = 'warm'"))
        .startsWith("UPLIFT ")
        .endsWith(", p true");
    assertThat(database.value("select count(*) from engagement.suppressions"))
        .isEqualTo(String.valueOf(expected.suppressions().size()));
    assertThat(database.value("select sum(amount - refunded_amount) from shop.orders"))
        .isEqualTo(
            expected.orders().stream()
                .map(order -> order.amount().subtract(order.refundedAmount()))
                .reduce((a, b) -> a.add(b))
                .orElseThrow()
                .toPlainString());
  }

  @Test
  void shouldGoOnAsOftenAsInItsPast() throws SQLException {
    try (var connection = database.connect();
        var live = new LiveOrders(database.dataSource(), 1, line -> {}, new Random(1))) {
      DemoShop.fill(connection, Instant.now());
      live.load(connection);
      double past =
          Double.parseDouble(
              database.value(
                  "select count(*) / 90.0 from shop.orders"
                      + " where placed_at > now() - interval '90 days'"));
      assertThat(live.changesPerDay() / past).isBetween(0.8, 1.6);
    }
  }

  @Test
  void shouldGoOnOrderingRefundingCancellingAndGrowing() throws SQLException {
    try (var connection = database.connect();
        var live = new LiveOrders(database.dataSource(), 1, line -> {}, new Random(1))) {
      DemoShop.fill(connection, Instant.now());
      database.execute("create table before as table shop.orders");
      live.load(connection);
      for (int change = 0; change < 1_000; change++) {
        live.change(connection);
      }
    }

    String changed =
        """
        select count(*) from shop.orders now join before was using (order_id)
        where now.%1$s is distinct from was.%1$s
        """;
    assertThat(Integer.parseInt(database.value("select count(*) from shop.users")))
        .isGreaterThan(DemoShop.USERS);
    assertThat(
            Integer.parseInt(
                database.value(
                    "select count(*) from shop.orders where placed_at > now() - interval '1 hour'"
                        + " and order_id not in (select order_id from before)")))
        .isBetween(700, 950);
    assertThat(Integer.parseInt(database.value(changed.formatted("refunded_amount")))).isPositive();
    assertThat(
            Integer.parseInt(
                database.value("select count(*) from shop.orders where status = 'CANCELLED'")))
        .isGreaterThan(
            Integer.parseInt(
                database.value("select count(*) from before where status = 'CANCELLED'")));
  }

  @Test
  void shouldWaitForADatabaseThatGoesAway() throws Exception {
    try (var connection = database.connect()) {
      DemoShop.fill(connection, Instant.now());
    }
    List<String> lines = new ArrayList<>();
    var logged = new java.util.concurrent.LinkedBlockingQueue<String>();
    try (var live = new LiveOrders(database.dataSource(), 100_000, logged::add)) {
      live.start();
      String disconnect =
          "select count(pg_terminate_backend(pid)) from pg_stat_activity"
              + " where pid <> pg_backend_pid() and query like 'insert into shop.orders%'";
      while (logged.isEmpty()) {
        database.value(disconnect);
        Thread.onSpinWait();
      }
      lines.add(logged.take());
      lines.add(logged.take());
    }

    assertThat(lines.get(0)).startsWith("Ordering waits for the database");
    assertThat(lines.get(1)).startsWith("The database is back");
  }
}
