package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.schema.Migrations;
import io.rekindle.local.cli.Rekindle;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command on a large export in the form of Shopify. */
class ShopifyExportITCase {

  private static final int ORDERS = 100_000;

  @TempDir Path directory;

  @Test
  void shouldImportAHundredThousandOrdersOfShopify() throws Exception {
    Path file = directory.resolve("orders_export.csv");
    ShopifyExport.Contents contents = ShopifyExport.write(file, ORDERS, 9_000, 7);
    StringWriter out = new StringWriter();
    CommandLine command = Rekindle.commandLine();
    command.setOut(new PrintWriter(out, true));

    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start()) {
      Migrations.apply(postgres.getPostgresDatabase());
      int status =
          command.execute(
              "import",
              "--from",
              "shopify",
              "--orders",
              file.toString(),
              "--database",
              postgres.getJdbcUrl("postgres", "postgres"));

      assertThat(status).isZero();
      assertThat(out.toString())
          .contains("read %,d  inserted %,d ".formatted(contents.rows(), contents.orders()))
          .contains("rejected 0");
      assertThat(contents.orders() + contents.withoutAddress()).isEqualTo(ORDERS);
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "select count(*), sum(amount), sum(refunded_amount),"
                      + " count(*) filter (where status = 'CANCELLED'),"
                      + " count(cancelled_at), count(distinct user_id),"
                      + " count(*) filter (where user_id <> lower(user_id)) from shop.orders")) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(contents.orders());
        assertThat(row.getBigDecimal(2)).isEqualByComparingTo(contents.amount());
        assertThat(row.getBigDecimal(3)).isEqualByComparingTo(contents.refunded());
        assertThat(row.getLong(4)).isEqualTo(contents.cancelled());
        assertThat(row.getLong(5)).isEqualTo(contents.cancelled());
        assertThat(row.getLong(6)).isBetween(8_900L, 9_000L);
        assertThat(row.getLong(7)).isZero();
      }
    }
  }
}
