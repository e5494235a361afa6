package io.rekindle.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ScoreCommandTest {

  @TempDir Path directory;

  private final StringWriter err = new StringWriter();
  private Path in;
  private Path out;

  @BeforeEach
  void chooseFiles() {
    in = directory.resolve("cases.csv");
    out = directory.resolve("out.csv");
  }

  @Test
  void shouldAgreeWithEveryExample() throws IOException {
    try (InputStream examples = getClass().getResourceAsStream("cadence-v1-examples.csv")) {
      Files.copy(examples, in);
    }

    assertThat(score("cadence-v1")).isZero();
    assertThat(cells(out)).isEqualTo(cells(in));
  }

  @Test
  void shouldTakeTheColumnsInAnyOrderAndPassOddIdsThrough() throws IOException {
    Files.writeString(
        in,
        """
        as_of_ms,extra,orders,name
        1753005600000,x,"a:b c,|ü@1752573600000:3000;d@x@1752577200000:3000;",odd
        """);

    assertThat(score("cadence-v1")).isZero();
    List<List<String>> cells = cells(out);
    assertThat(cells.get(0)).startsWith("name", "as_of_ms", "orders(id@placed_at_ms:net_minor)");
    assertThat(cells.get(0)).doesNotContain("note", "extra");
    assertThat(cells.get(1))
        .startsWith(
            "odd",
            "1753005600000",
            "a:b c,|ü@1752573600000:3000;d@x@1752577200000:3000;",
            "68",
            "30",
            "30",
            "4",
            "4");
  }

  @Test
  void shouldCountTheLastOfTwoEntriesOfOneOrder() throws IOException {
    Files.writeString(
        in,
        "name,as_of_ms,orders\ntwice,1753005600000,a@1752573600000:9000;a@1752573600000:3000\n");

    assertThat(score("cadence-v1")).isZero();
    assertThat(cells(out).get(1)).contains("3000").doesNotContain("12000", "9000");
  }

  @Test
  void shouldNameBadRowsByLineAndScoreTheOthers() throws IOException {
    Files.writeString(
        in,
        """
        name,as_of_ms,orders
        good,1753005600000,
        bad time,soon,
        bad order,1753005600000,a@5
        bad amount,1753005600000,a@5:1.5
        far away,9223372036854775807,
        short,1
        good too,1753005600000,a@1752573600000:3000
        """);

    assertThat(score("cadence-v1")).isEqualTo(1);
    assertThat(cells(out))
        .extracting(row -> row.get(0))
        .containsExactly("name", "good", "good too");
    assertThat(err.toString().lines())
        .hasSize(5)
        .anyMatch(line -> line.contains("line 3: as_of_ms is 'soon': write a whole number"))
        .anyMatch(line -> line.contains("line 4: order 'a@5' is not id@placed_at_ms:net_minor"))
        .anyMatch(line -> line.contains("line 5: net_minor is '1.5'"))
        .anyMatch(line -> line.contains("line 6: "))
        .anyMatch(line -> line.contains("line 7: 2 values for 3 columns"));
  }

  @Test
  void shouldScoreByAPolicyFile() throws IOException {
    Path policy = directory.resolve("policy.json");
    Files.writeString(policy, ScoringPolicy.builtIn("document-v1").json());
    Files.writeString(in, "name,as_of_ms,orders\none,1753005600000,a@1749117600000:4000\n");

    assertThat(score(policy.toString())).isZero();
    assertThat(cells(out).get(1)).element(3).isEqualTo("88.5000");
    assertThat(cells(out).get(1)).last().isEqualTo("88.5000");
  }

  @Test
  void shouldRefuseAPolicyThatThereIsNot() throws IOException {
    Files.writeString(in, "name,as_of_ms,orders\n");

    assertThat(score("cadence-v9")).isEqualTo(2);
    assertThat(err.toString()).contains("no policy 'cadence-v9'", "cadence-v1, document-v1");
  }

  @Test
  void shouldRefuseAFileWithoutOrders() throws IOException {
    Files.writeString(in, "name,as_of_ms\n");

    assertThat(score("cadence-v1")).isEqualTo(1);
    assertThat(err.toString()).contains("has no column orders");
  }

  private int score(String policy) {
    CommandLine command = Rekindle.commandLine();
    command.setOut(new PrintWriter(new StringWriter()));
    command.setErr(new PrintWriter(err, true));
    return command.execute(
        "score", "--policy", policy, "--in", in.toString(), "--out", out.toString());
  }

  private static List<List<String>> cells(Path file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(Files.newBufferedReader(file), CSVFormat.RFC4180)) {
      for (CSVRecord record : parser) {
        rows.add(List.of(record.values()));
      }
    }
    return rows;
  }
}
