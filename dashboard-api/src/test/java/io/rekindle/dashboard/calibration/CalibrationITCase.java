package io.rekindle.dashboard.calibration;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.scoring.contact.Assignment;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The monthly evaluation of the live probabilities, by the rights of the dashboard. */
class CalibrationITCase extends DashboardTestBase {

  private static final int CLIENTS = 300;
  private static final int HOLDOUT_PPM = 250_000;

  private final List<String> heldOut = new ArrayList<>();

  @BeforeEach
  void makeAShop() throws Exception {
    heldOut.clear();
    for (int i = 0; i < CLIENTS; i++) {
      String arm =
          Assignment.arm(
              "u" + i, "spring", HOLDOUT_PPM, List.of(new Assignment.Arm("warm", 1_000_000)));
      if (arm == null) {
        heldOut.add("u" + i);
      }
    }
    database.execute(
        """
        update engagement.outreach_settings set experiment_id = 'spring', holdout_share = 0.25;
        insert into engagement.policy_in_force (policy_version, built_in, hash, document)
        values ('fitted-1', false, 'h', '{"probability": {"horizonDays": 60}}')
        on conflict (id) do update set policy_version = excluded.policy_version,
          document = excluded.document;
        insert into shop.users (user_id) select 'u' || n from generate_series(0, %1$d - 1) n;
        insert into engagement.user_scores
          (user_id, score, band, segment, order_probability, order_count, at_risk, as_of, revision,
           policy_version)
        select 'u' || n, 50, 'COOLING', 'LOYAL', 0.2, 1, false, now(), 1, 'fitted-1'
        from generate_series(0, %1$d - 1) n;
        """
            .formatted(CLIENTS));
  }

  @Test
  void shouldKeepTheProbabilitiesOfTheHoldoutOnceAMonth() throws Exception {
    // A stored arm counts before the one that the hash gives.
    String kept = heldOut.get(0);
    database.execute(
        """
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,
          reason, decided_at, experiment_id, arm, policy_version, inputs)
        values ('d', 'e', '%s', 'EMAIL', 'AT_RISK', now(), 'spring', 'warm', 'fitted-1', '{}')
        """
            .formatted(kept));

    round();
    database.execute("update engagement.user_scores set order_probability = 0.9");
    round();

    assertThat(
            database.value(
                "select string_agg(user_id, ',' order by substr(user_id, 2)::int)"
                    + " from engagement.calibration_samples where order_probability = 0.2"))
        .isEqualTo(String.join(",", heldOut.subList(1, heldOut.size())));
    assertThat(
            database.value(
                "select concat_ws(' ', horizon_days, policy_version, experiment_id,"
                    + " extract(day from month)) from engagement.calibrations"))
        .isEqualTo("60 fitted-1 spring 1");
    assertThat(json(admin.get("/api/calibrations")).get("items")).isEmpty();
    assertThat(admin.with("Accept", "text/html").get("/backtests").body())
        .contains("No month is evaluated yet. The first one follows on");
  }

  /** With a holdout and without, since no email moves the clients of the control group either. */
  @Test
  void shouldKeepTheProbabilitiesOfTheControlGroup() throws Exception {
    String group =
        database.value(
            "select string_agg(user_id, ',' order by user_id) from shop.users"
                + " cross join engagement.outreach_settings"
                + " where engagement.in_control_group(control_salt, user_id, 0.2)");
    String sampled = "select string_agg(user_id, ',' order by user_id) from engagement.%s";
    database.execute(
        "update engagement.outreach_settings set holdout_share = 0, control_share = 0.2");
    round();
    assertThat(group).isNotNull();
    assertThat(database.value(sampled.formatted("calibration_samples"))).isEqualTo(group);

    database.execute(
        "delete from engagement.calibrations;"
            + " delete from engagement.calibration_samples;"
            + " update engagement.outreach_settings set holdout_share = 0.25");
    round();
    Set<String> all = new TreeSet<>(heldOut);
    all.addAll(List.of(group.split(",")));
    assertThat(database.value(sampled.formatted("calibration_samples")).split(","))
        .containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void shouldWaitUntilTheScoresOfTheMonthAreStored() throws Exception {
    database.execute(
        "insert into engagement.pipeline_progress (subtask, parallelism, watermark)"
            + " values (0, 1, date_trunc('month', now(), 'UTC') - interval '1 second')");

    round();

    assertThat(database.value("select count(*) from engagement.calibrations")).isEqualTo("0");
  }

  @Test
  void shouldEvaluateByWhoOrderedWithinTheHorizonAndWasNotEmailed() throws Exception {
    round();
    database.execute(
        """
        begin;
        set local session_replication_role = replica;
        update engagement.calibrations
          set sampled_at = now() - interval '61 days', month = month - interval '2 months';
        update engagement.calibration_samples set month = month - interval '2 months';
        commit
        """);
    String user = "('%d-' || '%s', '%s', now() - interval '%s', 10, %s, '%s')";
    List<String> orders = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      orders.add(user.formatted(i, "in", heldOut.get(i), "30 days", "0", "PLACED"));
    }
    orders.add(user.formatted(1, "twice", heldOut.get(1), "20 days", "0", "PLACED"));
    orders.add(user.formatted(20, "late", heldOut.get(20), "12 hours", "0", "PLACED"));
    orders.add(user.formatted(21, "early", heldOut.get(21), "62 days", "0", "PLACED"));
    orders.add(user.formatted(22, "void", heldOut.get(22), "30 days", "0", "CANCELLED"));
    orders.add(user.formatted(23, "back", heldOut.get(23), "30 days", "10", "PLACED"));
    database.execute(
        """
        insert into shop.orders
          (order_id, user_id, placed_at, amount, refunded_amount, status) values %s;
        insert into engagement.emails (email_id, user_id, status, sent_at)
        values ('m', '%s', 'SENT', now() - interval '40 days');
        delete from shop.orders where user_id = '%s';
        delete from shop.users where user_id = '%s';
        """
            .formatted(
                String.join(", ", orders), heldOut.get(0), heldOut.get(24), heldOut.get(24)));

    round();

    JsonNode month = json(admin.get("/api/calibrations")).at("/items/0");
    int clients = heldOut.size() - 2;
    assertThat(month.get("clients").intValue()).isEqualTo(clients);
    assertThat(month.get("happened").intValue()).isEqualTo(19);
    assertThat(month.get("expected").doubleValue()).isEqualTo(0.2 * clients, within(1e-9));
    assertThat(month.get("brier").doubleValue())
        .isEqualTo((19 * 0.64 + (clients - 19) * 0.04) / clients, within(1e-9));
    assertThat(database.value("select count(distinct month) from engagement.calibration_samples"))
        .as("of the new month alone")
        .isEqualTo("1");
    assertThat(admin.get("/api/calibrations?format=csv").body()).contains("fitted-1,");
    assertThat(admin.with("Accept", "text/html").get("/backtests").body())
        .contains("The live probabilities, month by month");
  }

  @Test
  void shouldCallItADriftWhenTwoMonthsInARowAreBiasedToTheSameSide() throws Exception {
    database.execute(
        """
        insert into engagement.calibrations (month, sampled_at, horizon_days, policy_version,
          experiment_id, clients, expected, happened, brier, evaluated_at)
        select month, month, 90, 'fitted-1', 'spring', clients, expected, happened, 0.1, now()
        from (values
          (date '2026-01-01', 1000, 200, 205), ('2026-02-01', 1000, 260, 200),
          ('2026-03-01', 1000, 140, 200), ('2026-04-01', 1000, 150, 200),
          ('2026-05-01', 0, 0, 0)) as m (month, clients, expected, happened)
        """);

    JsonNode months = json(admin.get("/api/calibrations")).get("items");

    assertThat(months.findValuesAsText("month"))
        .containsExactly("2026-05-01", "2026-04-01", "2026-03-01", "2026-02-01", "2026-01-01");
    assertThat(months.findValuesAsText("bias")).containsExactly("0", "-1", "-1", "1", "0");
    assertThat(months.findValuesAsText("drifted"))
        .containsExactly("false", "true", "false", "false", "false");
  }

  @Test
  void shouldForgetTheSampleOfAPersonWhoIsErased() throws Exception {
    round();

    database.value("select engagement.erase_user('%s')".formatted(heldOut.get(3)));

    assertThat(
            database.value(
                "select count(*) from engagement.calibration_samples where user_id = '%s'"
                    .formatted(heldOut.get(3))))
        .isEqualTo("0");
  }

  /** Only now is the month's beginning scored: the dashboard has a loop of its own. */
  private static void round() throws SQLException {
    database.execute(
        "insert into engagement.pipeline_progress (subtask, parallelism, watermark)"
            + " values (0, 1, now()) on conflict do nothing");
    Jdbi.create(database.url(), "rekindle_api", "")
        .useTransaction(CalibrationLoop::evaluateAndSample);
  }
}
