package io.rekindle.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.local.ShopDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FitDatabaseITCase {

  @RegisterExtension static final ShopDatabase DATABASE = new ShopDatabase();

  private static final JsonMapper JSON = new JsonMapper();
  private static final String AS_OF = "2026-06-01";

  @TempDir Path directory;

  private StringWriter screen;
  private StringWriter err;

  /** The more often clients order, the longer they stay. */
  @BeforeEach
  void makeAShop() throws Exception {
    DATABASE.execute(
        """
        insert into shop.users (user_id) select 'u' || n from generate_series(1, 400) n;
        insert into shop.orders (order_id, user_id, placed_at, amount, currency, status)
        select n || '-' || k, 'u' || n,
               timestamptz '2024-11-01 10:00:00Z' + (n * 37 %% 300) * interval '1 day'
                 + k * (5 + n %% 60) * interval '1 day',
               5 + (n * k) %% 90, 'EUR', case when (n + k) %% 11 = 0 then 'CANCELLED' else 'PLACED' end
        from generate_series(1, 400) n, generate_series(0, (n * 7) %% 13) k
        where timestamptz '2024-11-01 10:00:00Z' + (n * 37 %% 300 + k * (5 + n %% 60))
                * interval '1 day' < timestamptz '2026-06-01Z';
        -- Without a client there is no score.
        insert into shop.orders (order_id, user_id, placed_at, amount)
          values ('nobodys', 'no-such-user', '2025-01-01', 5);
        """
            .replace("%%", "%"));
  }

  @Test
  void shouldStoreADraftWithItsBacktestOnce() throws Exception {
    assertThat(run("fit", "--as-of", AS_OF)).as(err.toString()).isZero();
    assertThat(screen.toString())
        .contains("stored as the draft fitted-2026-06-01")
        .contains("cadence-v1 with a table");
    assertThat(
            DATABASE.value(
                "select policy_version || ' ' || created_by || ' ' || active"
                    + " from engagement.scoring_policies"))
        .isEqualTo("fitted-2026-06-01 rekindle fit false");
    assertThat(
            DATABASE.value(
                "select string_agg(model_version || ' ' || active, ', ' order by model_version)"
                    + " from engagement.models"))
        .isEqualTo("cadence-v1-2026-06-01 true, fitted-2026-06-01-2026-06-01 true");
    JsonNode backtest = JSON.readTree(DATABASE.value("select document from engagement.backtests"));
    assertThat(backtest.get("instants")).isNotEmpty();
    assertThat(backtest.at("/policies/2/policy").textValue()).isEqualTo("fitted");

    assertThat(run("fit", "--as-of", AS_OF)).isZero();
    assertThat(screen.toString())
        .contains("the same policy is stored already as fitted-2026-06-01");
    DATABASE.execute("delete from shop.users where user_id = 'u5'");
    assertThat(run("fit", "--as-of", AS_OF)).isZero();
    assertThat(screen.toString()).contains("stored as the draft fitted-2026-06-01-2");
    assertThat(
            DATABASE.value(
                "select policy_versions[1] from engagement.backtests order by ran_at desc"))
        .isEqualTo("fitted-2026-06-01-2");
  }

  @Test
  void shouldFitTheSameFromTheDatabaseAsFromAFile() throws Exception {
    Path csv = directory.resolve("orders.csv");
    Files.write(csv, rows());
    Path ofDatabase = directory.resolve("database.json");
    Path ofFile = directory.resolve("file.json");

    assertThat(run("fit", "--as-of", AS_OF, "--out", ofDatabase.toString())).isZero();
    assertThat(
            command(
                "fit", "--as-of", AS_OF, "--orders", csv.toString(), "--out", ofFile.toString()))
        .as(err.toString())
        .isZero();

    assertThat(Files.readString(ofDatabase)).isEqualTo(Files.readString(ofFile));
    assertThat(DATABASE.value("select count(*) from engagement.scoring_policies")).isEqualTo("0");
  }

  @Test
  void shouldTakeOverTheCurrenciesOfThePolicyInForce() throws Exception {
    DATABASE.execute(
        """
        update shop.orders set currency = 'USD', amount = 2 * amount where order_id like '%1';
        insert into engagement.policy_in_force (policy_version, built_in, hash, document)
        values ('mine', false, 'hash', '%s');
        """
            .replace(
                "%s",
                ScoringPolicy.byDefault()
                    .json()
                    .replace("\"cadence-v1\"", "\"mine\"")
                    .replaceFirst(
                        "\\{", "{\"currency\":{\"base\":\"EUR\",\"rates\":{\"USD\":\"0.5\"}},")
                    .replace("'", "''")));

    assertThat(run("fit", "--as-of", AS_OF)).as(err.toString()).isZero();

    assertThat(
            DATABASE.value(
                "select document #>> '{currency,rates,USD}' from engagement.scoring_policies"))
        .isEqualTo("0.5");
    assertThat(DATABASE.value("select policy_versions::text from engagement.backtests"))
        .isEqualTo("{fitted-2026-06-01,mine}");
    assertThat(
            DATABASE.value("select document #>> '{policies,3,policy}' from engagement.backtests"))
        .isEqualTo("mine");
  }

  @Test
  void shouldCompareStoredPoliciesAndFiles() throws Exception {
    Path file = directory.resolve("own.json");
    Files.writeString(file, ScoringPolicy.builtIn("document-v1").json());
    assertThat(run("fit", "--as-of", "2026-01-01")).isZero();

    assertThat(
            run("backtest", "--json", "--policy", "fitted-2026-01-01", "--policy", file.toString()))
        .as(err.toString())
        .isZero();
    JsonNode policies = JSON.readTree(screen.toString()).get("policies");
    assertThat(policies.at("/3/policy").textValue()).isEqualTo("fitted-2026-01-01");
    assertThat(policies.at("/3/sawOutcomes").booleanValue()).isTrue();
    assertThat(policies.at("/4/policy").textValue()).isEqualTo("document-v1");

    assertThat(run("backtest", "--policy", "fitted-2026-01-01")).isZero();
    assertThat(screen.toString())
        .contains("fitted-2026-01-01 *")
        .contains("Calibration of the fitted policy");
    assertThat(run("backtest", "--policy", "none-such")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no policy 'none-such'");
  }

  @Test
  void shouldActivateOnlyIfAllowedAndTheGateHolds() throws Exception {
    assertThat(run("fit", "--as-of", AS_OF, "--activate")).as(err.toString()).isZero();
    assertThat(screen.toString()).contains("not put in force: an admin has to allow it");

    DATABASE.execute("update engagement.fit_settings set activate = true");
    try {
      assertThat(run("fit", "--as-of", AS_OF, "--activate")).isZero();
      boolean holds =
          Boolean.parseBoolean(
              DATABASE.value(
                  "select gate ->> 'holds' from engagement.backtests order by ran_at desc"));
      assertThat(screen.toString())
          .contains(holds ? "put in force, since the gate holds" : "the gate does not hold");
      assertThat(DATABASE.value("select active from engagement.scoring_policies"))
          .isEqualTo(holds ? "t" : "f");
    } finally {
      DATABASE.execute("update engagement.fit_settings set activate = false");
    }
    assertThat(run("fit", "--activate", "--out", "x.json")).isEqualTo(2);
  }

  @Test
  void shouldRefuseAnInstantOfTheFuture() {
    assertThat(run("fit", "--as-of", "2999-01-01")).isEqualTo(2);
    assertThat(err.toString()).contains("use an instant of the past");
  }

  private static List<String> rows() throws Exception {
    List<String> rows = new ArrayList<>();
    rows.add("order_id,user_id,placed_at,amount,currency,status");
    try (Connection connection = DATABASE.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select order_id || ',' || user_id || ','
                  || to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ','
                  || amount || ',' || currency || ',' || status
                from shop.orders where user_id <> 'no-such-user' order by md5(order_id)
                """)) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--database");
    all.add(DATABASE.url());
    return command(all.toArray(String[]::new));
  }

  private int command(String... arguments) {
    screen = new StringWriter();
    err = new StringWriter();
    CommandLine command = Rekindle.commandLine();
    command.setOut(new PrintWriter(screen));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }
}
