package io.rekindle.local.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.web.list.Csv;
import io.rekindle.local.ShopDatabase;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboard exports is imported as it was. */
class ExportRoundTripITCase {

  private static final String LETTERS = "ab'\"=+-@,;|\\{}[]é\uFF1D9\n";

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @TempDir Path directory;

  @Test
  void shouldImportTheClientsOfTheDashboardUnchanged() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Connection connection = database.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into shop.users (user_id, email, name, preferred_categories, time_zone,"
                    + " locale, marketing_consent) values (?, ?, ?, ?, 'Asia/Tokyo', 'de-AT', ?)")) {
      for (int i = 0; i < 2_000; i++) {
        insert.setString(1, "u" + i);
        insert.setString(2, text(random));
        insert.setString(3, text(random));
        String[] categories = {text(random), text(random)};
        insert.setArray(4, connection.createArrayOf("text", categories));
        insert.setBoolean(5, random.nextBoolean());
        insert.addBatch();
      }
      insert.executeBatch();
    }
    String before = rows("shop.users");

    CsvImport.Report report =
        imported(
            "select user_id, email, name, preferred_categories, time_zone, locale,"
                + " marketing_consent, 'HEALTHY', created_at from shop.users",
            List.of(
                "userId",
                "email",
                "name",
                "preferredCategories",
                "timeZone",
                "locale",
                "marketingConsent",
                "band",
                "createdAt"),
            true);

    assertThat(report.unchanged()).as("seed %d", seed).isEqualTo(2_000);
    assertThat(rows("shop.users")).isEqualTo(before);
  }

  @Test
  void shouldImportTheOrdersOfTheDashboardUnchanged() throws Exception {
    database.execute(
        """
        insert into shop.orders (order_id, user_id, placed_at, amount, refunded_amount, currency,
          status, category, cancelled_at)
        values ('=1', '-2', '2026-02-03 09:59:00.123456Z', 12.5, 2, 'KWD', 'CANCELLED', 'a;=b',
          '2026-02-04Z'),
          ('''7', '0815', '2026-02-03Z', 0, 0, 'JPY', 'PLACED', null, null)
        """);
    String before = rows("shop.orders");

    CsvImport.Report report =
        imported(
            "select order_id, user_id, placed_at, amount, refunded_amount, currency, status,"
                + " category, updated_at from shop.orders",
            List.of(
                "orderId",
                "userId",
                "placedAt",
                "amount",
                "refundedAmount",
                "currency",
                "status",
                "category",
                "updatedAt"),
            false);

    assertThat(report.unchanged()).isEqualTo(2);
    assertThat(rows("shop.orders")).isEqualTo(before);
  }

  private CsvImport.Report imported(String query, List<String> columns, boolean users)
      throws SQLException, IOException {
    StringWriter file = new StringWriter();
    try (Connection connection = database.connect();
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query);
        Csv csv = new Csv(file, columns.toArray(String[]::new))) {
      while (row.next()) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = value(row, i + 1);
        }
        csv.row(values);
      }
    }
    try (ImportedShop shop = new ImportedShop(database, directory)) {
      return users ? shop.users(file.toString()) : shop.orders(file.toString());
    }
  }

  private static Object value(ResultSet row, int column) throws SQLException {
    return switch (row.getMetaData().getColumnTypeName(column)) {
      case "timestamptz" -> row.getObject(column, OffsetDateTime.class).toInstant();
      case "_text" -> List.of((Object[]) row.getArray(column).getArray());
      default -> row.getObject(column);
    };
  }

  /** A text without blanks at its ends, which an import removes. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder("x");
    for (int length = random.nextInt(6); length > 0; length--) {
      text.insert(0, LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString().strip();
  }

  private static String rows(String table) throws SQLException {
    return database.value("select md5(string_agg(t::text, '|' order by 1)) from " + table + " t");
  }
}
