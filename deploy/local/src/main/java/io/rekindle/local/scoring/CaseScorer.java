package io.rekindle.local.scoring;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Scores the cases of a CSV file. Its columns are {@code name}, {@code as_of_ms} and {@code
 * orders(id@placed_at_ms:net_minor)}, or {@code orders} for short, in any order. The orders are
 * entries {@code id@placed_at_ms:net_minor}, separated by semicolons. The later of two entries with
 * one id counts. Amounts are in the policy's base currency. The column {@code note} is copied, and
 * other columns are ignored.
 */
public final class CaseScorer {

  private static final String ORDERS = "orders(id@placed_at_ms:net_minor)";

  private final Scorer scorer;
  private final List<Factor> factors;
  private final Scorer documentScorer = new Scorer(ScoringPolicy.builtIn("document-v1"));
  private final OrderTable orders = new OrderTable();
  private final Progress progress;

  public CaseScorer(ScoringPolicy policy, Progress progress) {
    scorer = new Scorer(policy);
    factors = factors(policy);
    this.progress = progress;
  }

  /** Cases have no contacts, and few policies have a loyalty. */
  private static List<Factor> factors(ScoringPolicy policy) {
    return Arrays.stream(Factor.values())
        .filter(factor -> factor != Factor.CONTACT)
        .filter(factor -> factor != Factor.LOYALTY || policy.has(factor))
        .toList();
  }

  private List<String> output() {
    return Stream.of(
            Stream.of("name", "as_of_ms", ORDERS, "score"),
            factors.stream().map(Factor::key),
            Stream.of(
                "band",
                "segment",
                "at_risk",
                "at_risk_since_ms",
                "next_change_ms",
                "gap_ms",
                "order_days_365",
                "spend_365_minor",
                "document_v1_score_not_emailed"))
        .flatMap(columns -> columns)
        .toList();
  }

  private record OrderEntry(long placedAt, long netMinor) {}

  /** The positions of the columns in a file; -1 for a missing column. */
  private record Layout(int columns, int name, int asOf, int orders, int note) {

    static Layout of(CsvFile cases) {
      List<String> header = cases.header();
      int orders = Math.max(header.indexOf(ORDERS), header.indexOf("orders"));
      cases.require(orders < 0 ? Set.of("name", "as_of_ms", "orders") : Set.of("name", "as_of_ms"));
      return new Layout(
          header.size(),
          header.indexOf("name"),
          header.indexOf("as_of_ms"),
          orders,
          header.indexOf("note"));
    }
  }

  /**
   * Scores all cases of a file.
   *
   * @param problems receives a sentence for each skipped row, which is no case
   * @return the number of scored cases
   */
  public int score(Path in, Path out, Consumer<String> problems) throws IOException {
    int scored = 0;
    try (CsvFile cases = CsvFile.open(in)) {
      Layout layout = Layout.of(cases);
      CSVFormat format = CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
      try (BufferedWriter writer = Files.newBufferedWriter(out, StandardCharsets.UTF_8);
          CSVPrinter printer = new CSVPrinter(writer, format)) {
        List<Object> header = new ArrayList<>(output());
        if (layout.note() >= 0) {
          header.add("note");
        }
        printer.printRecord(header);
        long read = 0;
        for (CsvFile.Row row = cases.next(); row != null; row = cases.next()) {
          read++;
          progress.count("scoring " + in.getFileName(), read, 0);
          try {
            if (row.defect() != null) {
              throw new IllegalArgumentException(row.defect());
            }
            printer.printRecord(result(layout, row.values()));
            scored++;
          } catch (IllegalArgumentException | ArithmeticException e) {
            problems.accept("%s line %d: %s".formatted(in, row.line(), e.getMessage()));
          }
        }
      }
    } catch (java.nio.file.AccessDeniedException | java.nio.file.NoSuchFileException e) {
      throw new Failure(out + " cannot be written: " + e.getMessage(), e);
    }
    return scored;
  }

  private List<Object> result(Layout layout, List<String> values) {
    if (values.size() != layout.columns()) {
      throw new IllegalArgumentException(
          "%d values for %d columns: quote values that contain a comma"
              .formatted(values.size(), layout.columns()));
    }
    long asOf = number("as_of_ms", values.get(layout.asOf()));
    read(values.get(layout.orders()));
    Score score = scorer.score(orders, asOf, Score.NEVER);
    List<Object> result = new ArrayList<>();
    result.add(values.get(layout.name()));
    result.add(values.get(layout.asOf()));
    result.add(values.get(layout.orders()));
    result.add(score.scoreDecimal());
    factors.forEach(factor -> result.add(score.pointsDecimal(factor)));
    result.add(score.band());
    result.add(score.segment());
    result.add(score.atRisk() ? 1 : 0);
    result.add(instant(score.atRiskSince()));
    result.add(instant(score.nextChange()));
    result.add(score.usualGap() == 0 ? null : score.usualGap());
    result.add(score.orderDays());
    result.add(score.spendMinor());
    result.add(documentScorer.formula(orders, asOf, Score.NEVER).toPlainString());
    if (layout.note() >= 0) {
      result.add(values.get(layout.note()));
    }
    return result;
  }

  private OrderHistory read(String text) {
    Map<String, OrderEntry> byId = new HashMap<>();
    for (String part : text.split(";", -1)) {
      String entry = part.strip();
      if (!entry.isEmpty()) {
        int at = entry.lastIndexOf('@');
        int colon = entry.indexOf(':', at + 1);
        if (at < 0 || colon < 0) {
          throw new IllegalArgumentException(
              "order '%s' is not id@placed_at_ms:net_minor".formatted(entry));
        }
        byId.put(
            entry.substring(0, at),
            new OrderEntry(
                number("placed_at_ms", entry.substring(at + 1, colon)),
                number("net_minor", entry.substring(colon + 1))));
      }
    }
    orders.clear();
    byId.values().stream()
        .sorted(Comparator.comparingLong(OrderEntry::placedAt))
        .forEach(entry -> orders.add(entry.placedAt(), entry.netMinor(), CurrencyCodes.BASE));
    return orders;
  }

  private static long number(String field, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is '%s': write a whole number".formatted(field, text), e);
    }
  }

  private static Long instant(long millis) {
    return millis == Score.NEVER ? null : millis;
  }
}
