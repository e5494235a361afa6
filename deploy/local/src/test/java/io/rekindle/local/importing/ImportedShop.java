package io.rekindle.local.importing;

import io.rekindle.local.ShopDatabase;
import io.rekindle.local.csv.InputFile;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A shop's tables into which a test imports texts and files of its resources. */
final class ImportedShop implements AutoCloseable {

  private final ShopDatabase database;
  private final Path directory;
  private final Connection connection;
  private final CsvImport csvImport;

  ImportedShop(ShopDatabase database, Path directory) throws SQLException {
    this.database = database;
    this.directory = directory;
    connection = database.connect();
    connection.setAutoCommit(false);
    csvImport = new CsvImport(connection, Progress.onStandardError());
  }

  CsvImport.Report orders(byte[] content, ImportOptions options) throws IOException, SQLException {
    return csvImport.orders(InputFile.of(write("orders.csv", content)), options);
  }

  CsvImport.Report orders(String content) throws IOException, SQLException {
    return orders(content.getBytes(StandardCharsets.UTF_8), ImportOptions.DEFAULT);
  }

  CsvImport.Report users(byte[] content, ImportOptions options) throws IOException, SQLException {
    return csvImport.users(InputFile.of(write("users.csv", content)), options);
  }

  CsvImport.Report usersIn(byte[] content, Charset encoding) throws IOException, SQLException {
    return csvImport.users(
        InputFile.of(write("users.csv", content), encoding), ImportOptions.DEFAULT);
  }

  CsvImport.Report users(String content) throws IOException, SQLException {
    return users(content.getBytes(StandardCharsets.UTF_8), ImportOptions.DEFAULT);
  }

  /** Imports orders of a file beside this class. */
  CsvImport.Report ordersOf(String resource, ImportOptions options)
      throws IOException, SQLException {
    return orders(resource(resource), options);
  }

  /** Imports users of a file beside this class. */
  CsvImport.Report usersOf(String resource, ImportOptions options)
      throws IOException, SQLException {
    return users(resource(resource), options);
  }

  long ordersWithoutUser() throws SQLException {
    return csvImport.ordersWithoutUser(false);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = ImportedShop.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  /** All orders by their id: id, user, time, amount, refund, currency, status. */
  String orders() throws SQLException {
    return database.value(
        """
        select coalesce(string_agg(concat_ws(' ', order_id, user_id,
          to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), amount, refunded_amount,
          currency, status), E'\\n' order by order_id), '') from shop.orders
        """);
  }

  /** All users by their id: id, address, name, consent, since when. */
  String users() throws SQLException {
    return database.value(
        """
        select coalesce(string_agg(concat_ws(' ', user_id, '<' || email || '>', name,
          marketing_consent, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI')),
          E'\\n' order by user_id), '') from shop.users
        """);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
