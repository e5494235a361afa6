package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.csv.InputFile;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads the orders of a CSV file without a database. Every row must be valid. */
public final class OrderFile {

  private OrderFile() {}

  /**
   * Reads all rows in the file's order. The columns are those of an import.
   *
   * @return the number of rows
   * @throws Failure if the file cannot be read or a row is invalid; the message names the line, the
   *     column and the valid form
   */
  public static long read(Path file, Progress progress, Consumer<OrderRow> orders)
      throws IOException {
    try (InputFile input = InputFile.of(file);
        CsvFile rows = CsvFile.open(input)) {
      ImportOptions options = ImportOptions.DEFAULT;
      OrderReader reader =
          new OrderReader(Preset.ofOrders(options.source(), rows), rows, options.currency());
      if (reader.sums()) {
        throw new Failure(file + " has no amount of the whole order: export that column, too");
      }
      RowFields fields = CsvImport.fields(rows, options, TimeShift.ANY, reader, new Findings());
      long read = 0;
      String currency = null;
      for (CsvFile.Row row = rows.next(); row != null; row = rows.next()) {
        read++;
        progress.count("reading " + file.getFileName(), read, 0);
        RowReader.Parsed<OrderRow> parsed;
        try {
          parsed = reader.read(fields.of(row));
        } catch (InvalidValueException e) {
          throw new Failure("%s line %d: %s".formatted(file, row.line(), e.getMessage()), e);
        }
        if (parsed.kind() != RowReader.Kind.ROW) {
          continue;
        }
        OrderRow order = parsed.row();
        if (currency != null && !order.currency().equals(currency)) {
          throw new Failure(
              "%s line %d: currency is '%s', and '%s' in the rows before: convert the amounts, or keep the orders in one currency"
                  .formatted(file, row.line(), order.currency(), currency));
        }
        currency = order.currency();
        orders.accept(order);
      }
      return read;
    }
  }
}
