package io.rekindle.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FitCommandTest {

  private static final String HEADER = "order_id,user_id,placed_at,amount,currency,status";
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir Path directory;

  private final StringWriter screen = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path orders;
  private Path out;

  @BeforeEach
  void chooseFiles() {
    orders = directory.resolve("orders.csv");
    out = directory.resolve("policy.json");
  }

  @Test
  void shouldWriteThePolicyOfAShopWhateverTheSequenceOfItsRows() throws Exception {
    List<String> rows = rows();
    write(rows);
    assertThat(fit("2026-06-01")).as(err.toString()).isZero();
    String document = Files.readString(out);
    ScoringPolicy policy = ScoringPolicy.parse(document);
    assertThat(policy.version()).isEqualTo("fitted-2026-06-01");
    assertThat(policy.probability()).isPresent();
    assertThat(screen.toString())
        .contains("clients, ", "two order days")
        .contains("at risk below " + policy.atRiskBelow())
        .contains("written to " + out);

    Collections.shuffle(rows, new Random(1));
    // A row with the same id replaces the one before, as in an import.
    rows.add(0, rows.get(5).replaceFirst(",[0-9.]+,EUR", ",99999.00,EUR"));
    write(rows);
    assertThat(fit("2026-06-01T00:00:00Z")).isZero();
    assertThat(Files.readString(out)).isEqualTo(document);
    assertThat(err.toString()).contains("repeated rows: 1. The last row of an order id counts");
  }

  @Test
  void shouldNameTheLineTheColumnAndTheFix() throws IOException {
    List<String> rows = rows();
    rows.set(2, "o,u,yesterday,5.00,EUR,PLACED");
    write(rows);
    assertThat(fit("2026-06-01")).isEqualTo(1);
    assertThat(err.toString())
        .contains("orders.csv line 4: placed_at is 'yesterday': write a time such as");
    assertThat(out).doesNotExist();
  }

  @Test
  void shouldRefuseASecondCurrency() throws IOException {
    List<String> rows = rows();
    rows.add("x,u,2026-01-01T00:00:00Z,5.00,USD,PLACED");
    write(rows);
    assertThat(fit("2026-06-01")).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "line " + (rows.size() + 1) + ": currency is 'USD', and 'EUR' in the rows before");
  }

  @Test
  void shouldTellWhatASmallShopLacks() throws IOException {
    write(rows().subList(0, 20));
    assertThat(fit("2026-06-01")).isEqualTo(1);
    assertThat(err.toString())
        .contains("no policy can be fitted as of 2026-06-01T00:00:00Z")
        .contains("clients with an order, at least 200 are needed");
    assertThat(out).doesNotExist();
  }

  @Test
  void shouldRefuseAnInstantThatIsNone() throws IOException {
    write(rows());
    assertThat(fit("tomorrow")).isEqualTo(2);
    assertThat(err.toString()).contains("--as-of is 'tomorrow': write a day such as");
  }

  /** Some of the clients come back, and the more often, the more often they did. */
  private static List<String> rows() {
    Random random = new Random(3);
    List<String> rows = new ArrayList<>();
    for (int client = 0; client < 300; client++) {
      int gapDays = 5 + random.nextInt(200);
      Instant placedAt = NOW.minusSeconds(86_400L * (1 + random.nextInt(500)));
      do {
        rows.add(
            "o%d,user-%d,%s,%d.50,EUR,%s"
                .formatted(
                    rows.size(),
                    client,
                    placedAt,
                    5 + random.nextInt(100),
                    random.nextInt(20) == 0 && client > 10 ? "CANCELLED" : "PLACED"));
        placedAt = placedAt.plusSeconds(86_400L * (1 + random.nextInt(2 * gapDays)));
      } while (placedAt.isBefore(NOW) && random.nextInt(6) > 0);
    }
    return rows;
  }

  private void write(List<String> rows) throws IOException {
    Files.writeString(orders, HEADER + "\n" + String.join("\n", rows) + "\n");
  }

  private int fit(String asOf) {
    CommandLine command = Rekindle.commandLine();
    command.setOut(new PrintWriter(screen));
    command.setErr(new PrintWriter(err));
    return command.execute(
        "fit", "--orders", orders.toString(), "--as-of", asOf, "--out", out.toString());
  }
}
