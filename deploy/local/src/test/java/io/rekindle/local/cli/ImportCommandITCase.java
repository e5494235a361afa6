package io.rekindle.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.local.ShopDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportCommandITCase {

  private static final String ORDERS = "order_id,user_id,placed_at,amount\n";

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldTellByItsExitCodeWhetherAllSomeOrNoRowsAreIn() throws Exception {
    Path good = write("good.csv", ORDERS + "1,mira,2026-02-03,5\n");
    Path mixed = write("mixed.csv", ORDERS + "2,mira,2026-02-03,5\n3,mira,2026-02-03,x\n");
    Path bad = write("bad.csv", ORDERS + "4,mira,2026-02-03,x\n5,mira,2026-02-03,y\n");
    Path header = write("header.csv", ORDERS);

    assertThat(run("--orders", good)).isZero();
    assertThat(run("--orders", mixed)).isEqualTo(3);
    assertThat(run("--orders", bad)).isEqualTo(4);
    assertThat(run("--orders", header)).isZero();
    assertThat(run("--orders", directory.resolve("missing.csv"))).isEqualTo(1);
    assertThat(run("--orders", good, "--from", "opencart")).isEqualTo(2);
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("0   all rows are in", "3   some rows were rejected", "4   no row is in");
  }

  @Test
  void shouldPreviewWithoutWritingAnything() throws Exception {
    database.execute(
        """
        insert into shop.orders (order_id, user_id, placed_at, amount)
        values ('1', 'mira', '2026-02-03Z', 5), ('2', 'mira', '2026-02-03Z', 5);
        insert into shop.users (user_id) values ('mira')
        """);
    StringBuilder file = new StringBuilder("order_id,user_id,placed_at,amount,currency\n");
    for (int i = 1; i <= 30; i++) {
      file.append("%d,%s,2026-02-%02d,5,%s%n".formatted(i, i < 4 ? "mira" : "noah", 3, "EUR"));
    }
    file.append("31,noah,2026-03-01,7,usd\n32,noah,2026-03-01,x,EUR\n33,noah,2026-03-01,y,EUR\n");
    Path orders = write("orders.csv", file.toString());

    assertThat(run("--orders", orders, "--dry-run")).isEqualTo(3);

    assertThat(out.toString())
        .contains("read 33  inserted 29  updated 0  unchanged 2  repeated 0", "rejected 2")
        .contains("from 2026-02-03T00:00:00Z to 2026-03-01T00:00:00Z")
        .contains("EUR: 30 orders", "USD: 1 orders")
        .contains("nothing was written");
    assertThat(out.toString().lines().filter(line -> line.contains("OrderRow["))).hasSize(10);
    assertThat(err.toString())
        .contains("2 rows, first in line 33: amount: write an amount such as 19.90")
        .contains("notice: 28 of the orders belong to users whom the shop does not know");
    assertThat(database.value("select count(*) from shop.orders")).isEqualTo("2");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(orders);
    }
  }

  @Test
  void shouldCountClientsOfTheSamePreviewAsKnown() throws Exception {
    Path users = write("users.csv", "user_id,created_at\nnoah,2026-01-01\n");
    Path orders = write("orders.csv", ORDERS + "1,noah,2026-02-03,5\n");

    assertThat(run("--users", users, "--orders", orders, "--dry-run")).isZero();

    assertThat(err.toString()).doesNotContain("does not know");
  }

  @Test
  void shouldReadAPipeAndPutRejectedRowsWhereTheyCanBeWritten() throws Exception {
    Path pipe = directory.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(
                    pipe, ORDERS + "1,mira,2026-02-03,5\n2,mira,2026-02-03,x\n".repeat(2));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();

    assertThat(run("--orders", pipe, "--shift-to-now")).isEqualTo(3);

    writer.join();
    assertThat(out.toString()).contains("inserted 1");
    Path rejects = Path.of("orders.rejected.csv").toAbsolutePath();
    assertThat(err.toString()).contains("see " + rejects);
    assertThat(rejects).exists();
    Files.delete(rejects);
  }

  @Test
  void shouldImportFromAFolderThatCannotBeWritten() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("exports"));
    Path orders = folder.resolve("shop.csv");
    Files.writeString(orders, ORDERS + "1,mira,2026-02-03,5\n2,mira,2026-02-03,x\n");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(folder), "the root user may write everywhere");

    assertThat(run("--orders", orders)).isEqualTo(3);

    Path rejects = Path.of("shop.csv.rejected.csv").toAbsolutePath();
    assertThat(rejects).exists();
    Files.delete(rejects);
  }

  @Test
  void shouldWriteOrdersBeforeClientsOfWhomTheFileDoesNotTellSinceWhen() throws Exception {
    Path users =
        write(
            "customers.csv",
            """
            Customer ID,First Name,Email,Accepts Email Marketing,Total Spent,Total Orders
            '7,Mira,mira@shop.example,yes,5.00,1
            """);
    Path orders =
        write(
            "orders.csv",
            """
            Name,Email,Financial Status,Currency,Total,Created at,Lineitem name
            #1,mira@shop.example,paid,EUR,5.00,2025-02-03 09:59:00 +0100,Cup
            """);

    assertThat(run("--from", "shopify", "--users", users, "--orders", orders)).isZero();

    assertThat(database.value("select created_at at time zone 'UTC' from shop.users"))
        .isEqualTo("2025-02-03 08:59:00");
    assertThat(err.toString()).doesNotContain("does not know");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8);
  }

  private int run(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("import", "--database", database.url()));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    CommandLine command = Rekindle.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(all.toArray(String[]::new));
  }
}
