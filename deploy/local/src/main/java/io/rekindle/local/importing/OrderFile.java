package io.rekindle.local.importing;

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
    RowFormat<OrderRow> format = RowFormat.ORDERS;
    try (CsvFile rows = CsvFile.open(file)) {
      rows.require(format.required());
      RowFields fields = new RowFields(rows.header(), TimeShift.ANY);
      long read = 0;
      String currency = null;
      for (CsvFile.Row row = rows.next(); row != null; row = rows.next()) {
        OrderRow order;
        try {
          order = format.parse(fields.of(row));
        } catch (InvalidValueException e) {
          throw new Failure("%s line %d: %s".formatted(file, row.line(), e.getMessage()), e);
        }
        if (currency != null && !order.currency().equals(currency)) {
          throw new Failure(
              "%s line %d: currency is '%s', and '%s' in the rows before: convert the amounts, or keep the orders in one currency"
                  .formatted(file, row.line(), order.currency(), currency));
        }
        currency = order.currency();
        orders.accept(order);
        read++;
        progress.count("reading " + file.getFileName(), read, 0);
      }
      return read;
    }
  }
}
