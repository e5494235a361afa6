package io.rekindle.dashboard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditRetentionITCase {

  @Test
  void shouldRemoveEntriesThatAreOlderThanTheRetentionAndNoYoungerOnes() throws Exception {
    try (TestDatabase database = new TestDatabase()) {
      // More than one batch of old entries, some within the retention, one of today.
      database.execute(
          """
          insert into dashboard.audit_log (at, actor, actor_kind, action, subject_kind)
            select now() - interval '100 days', 'a', 'ACCOUNT', 'OLD', 'ORDER'
            from generate_series(1, 2500);
          insert into dashboard.audit_log (at, actor, actor_kind, action, subject_kind)
            select now() - interval '89 days', 'a', 'ACCOUNT', 'KEPT', 'ORDER'
            from generate_series(1, 10)
          """);
      try (TestDashboard dashboard =
          TestDashboard.start(database, Map.of("REKINDLE_DASHBOARD_AUDIT_RETENTION", "90 d"))) {
        dashboard.admin(database);
        while (!"0".equals(count(database, "OLD"))) {
          Thread.onSpinWait();
        }
      }
      assertThat(count(database, "KEPT")).isEqualTo("10");

      // The role of the dashboard cannot have traces of the last 30 days removed.
      database.executeAsApi("select dashboard.expire_audit_log(interval '0', 1000)");
      assertThat(count(database, "KEPT")).isEqualTo("0");
      assertThat(count(database, "SIGN_IN")).isEqualTo("1");
    }
  }

  private static String count(TestDatabase database, String action) throws Exception {
    return database.value(
        "select count(*) from dashboard.audit_log where action = '" + action + "'");
  }
}
