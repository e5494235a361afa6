package io.rekindle.bench;

import io.rekindle.bench.sandbox.DashboardSandbox;
import io.rekindle.local.csv.InputFile;
import io.rekindle.local.importing.CsvImport;
import io.rekindle.local.importing.ImportOptions;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** How fast a file of orders is imported into a database of its own, and in how much memory. */
final class ImportCost {

  /** The forms of the file. */
  enum Form {
    REKINDLE,
    SHOPIFY
  }

  private static final long SEED = 20_260_201L;
  private static final long BEGIN = Instant.parse("2023-01-01T00:00:00Z").getEpochSecond();
  private static final long PERIOD_SECONDS = 1_000L * 24 * 3600;

  private ImportCost() {}

  /**
   * Writes a file, imports it twice, and prints rows per second.
   *
   * @param directory of the database and the file
   */
  static void measure(Path directory, Form form, int orders, Progress progress, PrintWriter out)
      throws IOException, SQLException, InterruptedException {
    try (DashboardSandbox sandbox = DashboardSandbox.start(directory, progress);
        Connection connection = sandbox.owner().getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("truncate shop.orders");
      }
      connection.setAutoCommit(false);
      Path file = directory.resolve("orders.csv");
      int clients = Math.max(1, orders / 10);
      progress.step("writing " + file);
      try {
        ShopifyExport.Contents contents =
            form == Form.SHOPIFY
                ? ShopifyExport.write(file, orders, clients, SEED)
                : plain(file, orders, clients);
        once("first import", connection, file, progress, out);
        check(connection, contents);
        once("again, unchanged", connection, file, progress, out);
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void once(
      String name, Connection connection, Path file, Progress progress, PrintWriter out)
      throws IOException, SQLException {
    MemoryPoolMXBean[] heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toArray(MemoryPoolMXBean[]::new);
    for (MemoryPoolMXBean pool : heap) {
      pool.resetPeakUsage();
    }
    long backend = backend(connection);
    double processor = processorSeconds(backend);
    long begin = System.nanoTime();
    CsvImport.Report report;
    try (InputFile input = InputFile.of(file)) {
      report = new CsvImport(connection, progress).orders(input, ImportOptions.DEFAULT);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    processor = processorSeconds(backend) - processor;
    long peak = 0;
    for (MemoryPoolMXBean pool : heap) {
      peak += pool.getPeakUsage().getUsed();
    }
    progress.done();
    out.printf(
        Locale.ROOT,
        "%s: %,d rows with %,d orders in %.1f s: %,.0f rows/s, %,.0f orders/s; %.1f µs of"
            + " processor time a row; heap at most %d MB of %d MB; load average %.1f%n",
        name,
        report.read(),
        report.imported(),
        seconds,
        report.read() / seconds,
        report.imported() / seconds,
        processor * 1e6 / report.read(),
        peak >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    out.flush();
    if (report.rejected() > 0) {
      throw new Failure("%d rows were rejected".formatted(report.rejected()));
    }
  }

  private static long backend(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What this process and the one of its connection have used. Other processes share the cores. */
  private static double processorSeconds(long backend) {
    return Stream.of(ProcessHandle.current().pid(), backend)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .flatMap(process -> process.info().totalCpuDuration().stream())
        .mapToDouble(used -> used.toMillis() / 1e3)
        .sum();
  }

  private static void check(Connection connection, ShopifyExport.Contents contents)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*), sum(amount), sum(refunded_amount) from shop.orders")) {
      row.next();
      if (row.getLong(1) != contents.orders()
          || row.getBigDecimal(2).compareTo(contents.amount()) != 0
          || row.getBigDecimal(3).compareTo(contents.refunded()) != 0) {
        throw new Failure("the orders of the database are not those of the file");
      }
    }
    connection.commit();
  }

  /** Orders in our own columns, in the order of time. */
  private static ShopifyExport.Contents plain(Path file, int orders, int clients)
      throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    long cents = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write("order_id,user_id,placed_at,amount,currency,status\n");
      for (int i = 0; i < orders; i++) {
        long amount = random.nextLong(500, 20_000);
        cents += amount;
        out.write(Integer.toString(1_000_000_000 + i));
        out.write(",client-");
        out.write(Integer.toString(random.nextInt(clients)));
        out.write(',');
        out.write(Instant.ofEpochSecond(BEGIN + PERIOD_SECONDS * i / orders).toString());
        out.write(',');
        out.write(BigDecimal.valueOf(amount, 2).toPlainString());
        out.write(",EUR,PLACED\n");
      }
    }
    return new ShopifyExport.Contents(
        orders, orders, 0, 0, BigDecimal.valueOf(cents, 2), BigDecimal.ZERO);
  }
}
