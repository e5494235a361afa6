package io.rekindle.local.cli;

import io.rekindle.dashboard.fits.ShopSnapshot;
import io.rekindle.local.prediction.GroupedOrders;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.text.Instants;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import javax.sql.DataSource;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that select the orders of a fit or a backtest. Use it as a picocli mixin. */
final class ShopSource {

  @Mixin private DataOption data;

  @Mixin private DatabaseOption database;

  @Option(
      names = "--orders",
      paramLabel = "F.csv",
      description =
          "A file with the shop's orders, which is used instead of a database. The columns are those"
              + " of `rekindle import`, in any order. All amounts must be in one currency.")
  private Path orders;

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      description =
          "Leaves out orders after this instant, such as 2026-06-01 or 2026-06-01T08:00:00Z"
              + " (default: now).")
  private String asOf;

  /** Whether the orders are in a file. */
  boolean isFile() {
    if (orders != null && database.given()) {
      throw new Failure("--orders and --database exclude each other: give one of them", 2);
    }
    return orders != null;
  }

  /** The file with the orders. */
  Path file() {
    return orders;
  }

  /** The instant that was asked for; null for now. */
  Instant asOf() {
    return asOf == null
        ? null
        : Instants.parseLenient(asOf)
            .orElseThrow(
                () ->
                    new Failure(
                        "--as-of is '%s': write a day such as 2026-06-01, or a time such as 2026-06-01T08:00:00Z"
                            .formatted(asOf),
                        2));
  }

  /**
   * The instant of a fit.
   *
   * @param now the instant of the orders
   */
  Instant asOf(Instant now) {
    Instant asked = asOf();
    if (asked != null && asked.isAfter(now)) {
      throw new Failure(
          "--as-of is %s, and now is %s: use an instant of the past".formatted(asked, now), 2);
    }
    return asked == null ? now : asked;
  }

  /** Reads the file, and notes repeated rows. */
  GroupedOrders readFile(Progress progress, PrintWriter err) throws IOException {
    GroupedOrders shop = GroupedOrders.read(orders, progress);
    if (shop.repeated() > 0) {
      err.printf(
          Locale.ROOT,
          "notice: repeated rows: %,d. The last row of an order id counts%n",
          shop.repeated());
    }
    return shop;
  }

  /** The database with the orders. */
  DataSource database() {
    return database.source(data.path());
  }

  /** Reads the database. */
  static ShopSnapshot read(Connection connection, Progress progress)
      throws SQLException, IOException {
    return ShopSnapshot.read(
        connection, clients -> progress.count("reading the clients' orders", clients, 0));
  }
}
