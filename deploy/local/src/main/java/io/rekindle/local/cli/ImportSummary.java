package io.rekindle.local.cli;

import io.rekindle.local.importing.CsvImport;
import io.rekindle.local.importing.Findings;
import io.rekindle.local.importing.ImportOptions;
import io.rekindle.local.importing.Source;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Prints what an import has done, or would do, and what its files have shown. */
final class ImportSummary {

  private final PrintWriter out;
  private final PrintWriter err;
  private final ImportOptions options;

  ImportSummary(PrintWriter out, PrintWriter err, ImportOptions options) {
    this.out = out;
    this.err = err;
    this.options = options;
  }

  /** Prints the report of a file. */
  void print(String table, CsvImport.Report report) {
    Findings findings = report.findings();
    if (report.source() != Source.REKINDLE) {
      notice("%s were read as an export of %s (--from)", table, report.source());
    }
    if (!report.unknownColumns().isEmpty()) {
      err.printf(
          "warning: columns of %s that mean nothing here were left out: %s%n",
          table, String.join(", ", report.unknownColumns()));
    }
    if (report.rejected() > 0) {
      err.printf(
          Locale.ROOT,
          "warning: %,d rows of %s %s%n",
          report.rejected(),
          table,
          options.dryRun() ? "would be rejected" : "were not taken; see " + report.rejects());
      findings.rejections().forEach(this::printKind);
    }
    if (report.leftOut() > 0) {
      findings
          .leftOut()
          .forEach(
              (reason, kind) ->
                  notice("%,d rows of %s were left out: %s", kind.rows(), table, reason));
    }
    if (report.differing() > 0) {
      notice(
          "%,d ids of %s are in several rows that do not say the same; the last row counts",
          report.differing(), table);
    }
    findings
        .unknownStatuses()
        .forEach(
            (status, kind) ->
                notice(
                    "the status '%s' of %,d rows is unknown (first in line %d); they count as placed",
                    status, kind.rows(), kind.line()));
    if (report.currencyAssumed() != null) {
      notice(
          "the file names no currency; the amounts were read as %s (--currency)",
          report.currencyAssumed());
    }
    if (findings.currencies().size() > 1) {
      notice("the orders are in %d currencies", findings.currencies().size());
    }
    if (findings.roundedAmounts() > 0) {
      notice(
          "%,d amounts have more than two decimals and were rounded, which changes their sum by %s",
          findings.roundedAmounts(), findings.rounding().stripTrailingZeros().toPlainString());
    }
    if (findings.amountsWithDecimalsOfOthers() > 0) {
      notice(
          "%,d amounts have decimals in a currency without any, such as yen; compare them with the shop",
          findings.amountsWithDecimalsOfOthers());
    }
    if (findings.zonelessTimes() > 0 && !options.zoneGiven()) {
      notice(
          "%,d times of %s name no zone and were read as UTC (--time-zone)",
          findings.zonelessTimes(), table);
    }
    if (findings.idsEndingInZeros() > 0) {
      notice(
          "%,d ids of %s have more than 15 digits and end in zeros, as a spreadsheet leaves them; compare them with the shop",
          findings.idsEndingInZeros(), table);
    }
    if (findings.idsEndingInPointZero() > 0) {
      notice(
          "%,d ids of %s end in .0, as those that a program has read as numbers; compare them with the shop",
          findings.idsEndingInPointZero(), table);
    }
    err.flush();
    out.printf(
        Locale.ROOT,
        "%-6s  read %,d  inserted %,d  updated %,d  unchanged %,d  repeated %,d  rejected %,d%s%n",
        table,
        report.read(),
        report.inserted(),
        report.updated(),
        report.unchanged(),
        report.repeated(),
        report.rejected(),
        others(report));
    if (options.dryRun()) {
      preview(findings);
    }
  }

  /** Rows that only the exports of other programs have. */
  private static String others(CsvImport.Report report) {
    return report.lines() + report.leftOut() == 0
        ? ""
        : String.format(Locale.ROOT, "  lines %,d  left out %,d", report.lines(), report.leftOut());
  }

  private void printKind(String reason, Findings.Kind kind) {
    err.printf(Locale.ROOT, "  %,d rows, first in line %d: %s%n", kind.rows(), kind.line(), reason);
  }

  private void preview(Findings findings) {
    if (findings.earliest() != null) {
      out.printf("        from %s to %s%n", findings.earliest(), findings.latest());
    }
    for (Map.Entry<String, Findings.Kind> currency : findings.currencies().entrySet()) {
      out.printf(
          Locale.ROOT, "        %s: %,d orders%n", currency.getKey(), currency.getValue().rows());
    }
    findings.samples().forEach(row -> out.println("        " + row));
  }

  /** Prints how many orders have a client whom the shop does not know. */
  void printWithoutUser(long orders) {
    if (orders > 0) {
      notice(
          "%,d of the orders belong to users whom the shop does not know; they count once it does",
          orders);
    }
    err.flush();
  }

  private void notice(String text, Object... values) {
    err.printf(Locale.ROOT, "notice: " + text + "%n", values);
  }
}
