package io.rekindle.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every cell of the worked cases. */
class CasesTest {

  private final Scorer cadence = new Scorer(ScoringPolicy.builtIn("cadence-v1"));
  private final Scorer document = new Scorer(ScoringPolicy.builtIn("document-v1"));

  static List<Map<String, String>> cases() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                CasesTest.class.getResourceAsStream("cases.csv"), StandardCharsets.UTF_8))) {
      String[] columns = in.readLine().split(",", -1);
      return in.lines().map(line -> row(columns, line)).toList();
    }
  }

  private static Map<String, String> row(String[] columns, String line) {
    // Only the note, which is the last column, may hold commas.
    String[] cells = line.split(",", columns.length);
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.length; i++) {
      row.put(columns[i], cells[i]);
    }
    row.remove("note");
    return row;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldAgreeWithEveryCell(Map<String, String> expected) {
    String name = expected.get("name");
    String history = expected.get("orders(id@placed_at_ms:net_minor)");
    long asOf = Long.parseLong(expected.get("as_of_ms"));
    OrderList orders = OrderList.parse(history);
    Score score = cadence.score(orders, asOf, Score.NEVER);

    Map<String, String> actual = new LinkedHashMap<>();
    actual.put("name", name);
    actual.put("as_of_ms", Long.toString(asOf));
    actual.put("orders(id@placed_at_ms:net_minor)", history);
    actual.put("score", text(score.scoreDecimal()));
    actual.put("recency", text(score.pointsDecimal(Factor.RECENCY)));
    actual.put("rhythm", text(score.pointsDecimal(Factor.RHYTHM)));
    actual.put("frequency", text(score.pointsDecimal(Factor.FREQUENCY)));
    actual.put("value", text(score.pointsDecimal(Factor.VALUE)));
    actual.put("band", score.band().name());
    actual.put("segment", score.segment().name());
    actual.put("at_risk", score.atRisk() ? "1" : "0");
    actual.put("at_risk_since_ms", instant(score.atRiskSince()));
    actual.put("next_change_ms", instant(score.nextChange()));
    actual.put("gap_ms", score.usualGap() == 0 ? "" : Long.toString(score.usualGap()));
    actual.put("order_days_365", Integer.toString(score.orderDays()));
    actual.put("spend_365_minor", Long.toString(score.spendMinor()));
    actual.put(
        "document_v1_score_not_emailed", document.formula(orders, asOf, Score.NEVER).toString());
    assertThat(actual).isEqualTo(expected);
  }

  private static String text(BigDecimal number) {
    return number == null ? "" : number.toPlainString();
  }

  private static String instant(long instant) {
    return instant == Score.NEVER ? "" : Long.toString(instant);
  }
}
