package io.rekindle.local.cli;

import io.rekindle.local.csv.InputFile;
import io.rekindle.local.importing.CsvImport;
import io.rekindle.local.importing.ImportOptions;
import io.rekindle.local.importing.Source;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code rekindle import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a shop's own users and orders from CSV files into the database of the running stack.",
      "",
      "The exports of Shopify, WooCommerce, Magento and Stripe are read as they are. The command"
          + " knows them by their header, or by --from. docs/reference/import.md has the columns.",
      "The first line of any other file names its columns, in any order.",
      "Columns of users: user_id and created_at; optional email, name, preferred_categories"
          + " (a;b;c), time_zone, locale, marketing_consent.",
      "Columns of orders: order_id, user_id, placed_at and amount; optional refunded_amount,"
          + " currency, status (PLACED or CANCELLED), category, cancelled_at, refunded_at.",
      "",
      "Separators may be commas, semicolons, tabs or bars. UTF-8 and UTF-16 are told apart. A pipe"
          + " may take the place of a file, and - is standard input. Times without a zone are UTC,"
          + " or in --time-zone.",
      "",
      "Rows are written by id, so a second import of a file changes nothing. The last of several"
          + " rows with the same id counts. An order may come before its user, and counts once the"
          + " user is there. FILE.rejected.csv lists each rejected row with its line number and the"
          + " reason. It is in the working directory if the folder of the file cannot be written.",
      "",
      "All orders of a client in a file are written by one transaction. A client to whom orders"
          + " older than a day were added is scored once, when none has come for a minute (setting"
          + " backfill.quiet-time of the job). No email comes of a part of a history.",
      "",
      "The report counts the rows as inserted, updated, unchanged (stored already), repeated (the"
          + " id comes again further down) or rejected. Lines are further lines of an order. Left"
          + " out are rows that are no order, or have no client."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all rows are in, but for those that were left out",
      "1:the import failed",
      "2:wrong usage",
      "3:some rows were rejected, the others are in",
      "4:no row is in, though there were some"
    })
public final class ImportCommand implements Callable<Integer> {

  private static final int SOME_REJECTED = 3;
  private static final int NONE_IN = 4;

  @Mixin private DataOption data;
  @Mixin private DatabaseOption database;

  @Option(
      names = "--users",
      paramLabel = "F.csv",
      description = "The file with the shop's users, or - for standard input.")
  private Path users;

  @Option(
      names = "--orders",
      paramLabel = "F.csv",
      description = "The file with the shop's orders, or - for standard input.")
  private Path orders;

  @Option(
      names = "--from",
      paramLabel = "PROGRAM",
      defaultValue = "auto",
      converter = SourceNames.class,
      description =
          "The program that has written the files: auto, rekindle, shopify, woocommerce,"
              + " woocommerce-advanced, magento or stripe (default: ${DEFAULT-VALUE}). With auto"
              + " the header tells. rekindle stands for the columns above.")
  private Source from;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      converter = ZoneNames.class,
      description =
          "The zone of times that name none, such as Europe/Berlin (default: UTC). It is the zone of"
              + " the shop in the exports of WooCommerce and Magento.")
  private ZoneId zone;

  @Option(
      names = "--dates",
      paramLabel = "ORDER",
      converter = DateOrders.class,
      description =
          "How a day such as 03/04/2026 is read: day-first or month-first. Without it such a row is"
              + " rejected, unless one number is above 12.")
  private ImportOptions.DateOrder dates;

  @Option(
      names = "--currency",
      paramLabel = "CODE",
      description =
          "The currency of files that name none, such as those of Magento (default: EUR).")
  private String currency;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      converter = Encodings.class,
      description =
          "The encoding of files that are neither UTF-8 nor UTF-16, such as windows-1252.")
  private Charset encoding;

  @Option(
      names = "--dry-run",
      description =
          "Writes nothing, and prints what an import would do: the report, rejected rows by reason,"
              + " dates, currencies and ten rows.")
  private boolean dryRun;

  @Option(
      names = "--shift-to-now",
      description = "Moves all times by the same span, so that the newest order is now.")
  private boolean shiftToNow;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException {
    if (users == null && orders == null) {
      throw new Failure("nothing to import: name --users, --orders or both", 2);
    }
    if (shiftToNow && orders == null) {
      throw new Failure("--shift-to-now needs --orders: the newest order is moved to now", 2);
    }
    if (currency != null && !currency.matches("[A-Za-z]{3}")) {
      throw new Failure("--currency is a code of three letters such as EUR", 2);
    }
    ImportOptions options =
        new ImportOptions(
            from,
            zone == null ? ZoneId.of("UTC") : zone,
            zone != null,
            dates,
            currency == null ? null : currency.toUpperCase(Locale.ROOT),
            Duration.ZERO,
            dryRun);
    Map<String, CsvImport.Report> reports = new LinkedHashMap<>();
    Duration elapsed;
    long withoutUser;
    try (InputFile usersInput = input(users);
        InputFile ordersInput = input(orders);
        Connection connection = database.source(data.path()).getConnection();
        Progress progress = Progress.onStandardError()) {
      connection.setAutoCommit(false);
      CsvImport csvImport = new CsvImport(connection, progress);
      if (shiftToNow) {
        options = options.shifted(csvImport.shiftToNow(ordersInput, options));
      }
      boolean ordersFirst =
          users != null && orders != null && !csvImport.namesCreation(usersInput, options);
      if (ordersFirst) {
        reports.put("orders", csvImport.orders(ordersInput, options));
      }
      if (users != null) {
        reports.put("users", csvImport.users(usersInput, options));
      }
      if (orders != null && !ordersFirst) {
        reports.put("orders", csvImport.orders(ordersInput, options));
      }
      withoutUser = csvImport.ordersWithoutUser(dryRun);
      elapsed = progress.elapsed();
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ImportSummary summary = new ImportSummary(out, err, options);
    reports.forEach(summary::print);
    summary.printWithoutUser(withoutUser);
    long rows = reports.values().stream().mapToLong(CsvImport.Report::read).sum();
    double seconds = Math.max(1, elapsed.toMillis()) / 1000.0;
    out.printf(Locale.ROOT, "%,d rows in %.1f s, %,.0f rows/s%n", rows, seconds, rows / seconds);
    if (dryRun) {
      out.println("nothing was written (--dry-run)");
    }
    return exitCode(reports);
  }

  private InputFile input(Path path) {
    return path == null ? null : InputFile.of(path, encoding);
  }

  private static int exitCode(Map<String, CsvImport.Report> reports) {
    long read = reports.values().stream().mapToLong(CsvImport.Report::read).sum();
    long imported = reports.values().stream().mapToLong(CsvImport.Report::imported).sum();
    long rejected = reports.values().stream().mapToLong(CsvImport.Report::rejected).sum();
    if (read > 0 && imported == 0) {
      return NONE_IN;
    }
    return rejected > 0 ? SOME_REJECTED : 0;
  }

  private static <T> T named(String text, T[] values) {
    return Arrays.stream(values)
        .filter(value -> value.toString().equalsIgnoreCase(text.replace('_', '-')))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is none of %s"
                        .formatted(
                            text,
                            Arrays.stream(values)
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")))));
  }

  /** Reads the name of a program. */
  static final class SourceNames implements ITypeConverter<Source> {
    @Override
    public Source convert(String text) {
      return named(text, Source.values());
    }
  }

  /** Reads the order of a day and a month. */
  static final class DateOrders implements ITypeConverter<ImportOptions.DateOrder> {
    @Override
    public ImportOptions.DateOrder convert(String text) {
      return named(text, ImportOptions.DateOrder.values());
    }
  }

  /** Reads the name of a time zone. */
  static final class ZoneNames implements ITypeConverter<ZoneId> {
    @Override
    public ZoneId convert(String text) {
      try {
        return ZoneId.of(text);
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'%s' is no time zone: name one such as Europe/Berlin".formatted(text));
      }
    }
  }

  /** Reads the name of an encoding. */
  static final class Encodings implements ITypeConverter<Charset> {
    @Override
    public Charset convert(String text) {
      try {
        return Charset.forName(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'%s' is no encoding: name one such as windows-1252".formatted(text));
      }
    }
  }
}
