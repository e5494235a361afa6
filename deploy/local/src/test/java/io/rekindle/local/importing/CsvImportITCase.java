package io.rekindle.local.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.ShopDatabase;
import io.rekindle.local.csv.InputFile;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvImportITCase {

  private static final String USERS = "user_id,created_at\nada,2026-01-01T00:00:00Z";
  private static final String ORDERS = "order_id,user_id,placed_at,amount\n";

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @TempDir Path directory;

  private Connection connection;
  private CsvImport csvImport;

  @BeforeEach
  void connect() throws SQLException {
    connection = database.connect();
    connection.setAutoCommit(false);
    csvImport = new CsvImport(connection, Progress.onStandardError());
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void shouldReadColumnsInAnyOrderBehindAByteOrderMarkWithBothKindsOfLineEnd() throws Exception {
    String users =
        """
        name,User_ID, created_at ,preferred_categories,marketing_consent,locale,email,time_zone
        "Lovelace, Ada",ada,2026-01-01T00:00:00+01:00,books;toys,true,en-GB,a@example.com,Asia/Tokyo

        "line|break",bob,2026-01-02,,,,,
        """;
    users('\uFEFF' + users.replace("\n", "\r\n").replace('|', '\n'));
    orders(
        """
        amount,order_id,placed_at,user_id,status,refunded_amount,currency,category
        12.5,1,2026-01-03 10:00:00.123456+00,ada,CANCELLED,2.50,GBP,books
        """);

    assertThat(
            database.value(
                "select string_agg(u::text, '|' order by user_id) from (select user_id, email, name,"
                    + " preferred_categories, time_zone, locale, marketing_consent,"
                    + " created_at at time zone 'UTC' from shop.users) u"))
        .isEqualTo(
            "(ada,a@example.com,\"Lovelace, Ada\",\"{books,toys}\",Asia/Tokyo,en-GB,t,"
                + "\"2025-12-31 23:00:00\")|"
                + "(bob,,\"line\nbreak\",{},UTC,en,f,\"2026-01-02 00:00:00\")");
    assertThat(
            database.value(
                "select o::text from (select order_id, user_id, placed_at at time zone 'UTC',"
                    + " amount, refunded_amount, currency, status, category from shop.orders) o"))
        .isEqualTo("(1,ada,\"2026-01-03 10:00:00.123456\",12.50,2.50,GBP,CANCELLED,books)");
  }

  @Test
  void shouldFillInDefaultsForMissingColumns() throws Exception {
    users(USERS);
    orders(ORDERS + "1,ada,2026-01-03,12\n");

    assertThat(
            database.value(
                "select (refunded_amount, currency, status, category)::text from shop.orders"))
        .isEqualTo("(0.00,EUR,PLACED,)");
  }

  @Test
  void shouldChangeNothingTheSecondTime() throws Exception {
    String file = ORDERS + "1,ada,2026-01-03,12\n2,ada,2026-01-04,13.00\n2,ada,2026-01-05,14\n";
    users(USERS);
    CsvImport.Report first = orders(file);
    String rows = database.value("select string_agg(xmin::text || o, ',') from shop.orders o");
    CsvImport.Report second = orders(file);

    assertThat(counts(first)).containsExactly(3L, 2L, 0L, 0L, 1L, 0L);
    assertThat(counts(second)).containsExactly(3L, 0L, 0L, 2L, 1L, 0L);
    assertThat(database.value("select string_agg(xmin::text || o, ',') from shop.orders o"))
        .isEqualTo(rows);
  }

  @Test
  void shouldUpdateRowsThatSaySomethingElse() throws Exception {
    users(USERS);
    orders(ORDERS + "1,ada,2026-01-03,12\n2,ada,2026-01-03,12\n");

    assertThat(counts(orders(ORDERS + "1,ada,2026-01-03,13\n2,ada,2026-01-03,12\n")))
        .containsExactly(2L, 0L, 1L, 1L, 0L, 0L);
    assertThat(database.value("select sum(amount) from shop.orders")).isEqualTo("25.00");
  }

  @Test
  void shouldKeepWhatTheFileDoesNotSpeakOf() throws Exception {
    users("user_id,created_at,name\nada,2026-01-01,Ada\n");
    users("user_id,created_at\nada,2026-01-02\n");

    assertThat(database.value("select name from shop.users")).isEqualTo("Ada");
  }

  @Test
  void shouldLetTheLastGoodRowOfAnIdCountAndRejectNeither() throws Exception {
    users(USERS);
    CsvImport.Report report =
        orders(ORDERS + "1,ada,2026-01-03,12\n2,ada,2026-01-03,7\n1,ada,2026-01-03,13\n");

    assertThat(counts(report)).containsExactly(3L, 2L, 0L, 0L, 1L, 0L);
    assertThat(database.value("select amount from shop.orders where order_id = '1'"))
        .isEqualTo("13.00");
    assertThat(report.rejects()).doesNotExist();
  }

  @Test
  void shouldNotLetABadRowReplaceAGoodOneOfTheSameId() throws Exception {
    users(USERS);
    CsvImport.Report report = orders(ORDERS + "1,ada,2026-01-03,12\n1,ada,2026-01-03,x\n");

    assertThat(counts(report)).containsExactly(2L, 1L, 0L, 0L, 0L, 1L);
    assertThat(database.value("select amount from shop.orders")).isEqualTo("12.00");
    assertThat(Files.readAllLines(report.rejects())).hasSize(2);
  }

  @Test
  void shouldTakeAnOrderBeforeItsUserAndSayHowMany() throws Exception {
    users(USERS);
    CsvImport.Report report =
        orders(ORDERS + "1,ada,2026-01-03,5\n2,eve,2026-01-03,5\n3,eve,2026-01-04,5\n");

    assertThat(counts(report)).containsExactly(3L, 3L, 0L, 0L, 0L, 0L);
    assertThat(csvImport.ordersWithoutUser(false)).isEqualTo(2);
    assertThat(database.value("select count(*) from shop.orders where user_id = 'eve'"))
        .isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,ada,2026-01-03,-1            | amount is '-1': amounts are not negative",
        "1,ada,2026-01-03,1.234         | amount is '1.234': use at most two decimals",
        "1,ada,2026-01-03,EUR 5         | amount is 'EUR 5': write an amount such as 19.90",
        "1,ada,2026-01-03,              | amount is empty",
        "1,ada,2026-01-03,1000000000000 | amount is '1000000000000': the largest amount",
        "1,ada,soon,5                   | placed_at is 'soon': write a time such as",
        "1,ada,2999-01-01,5             | placed_at is '2999-01-01': that is more than a day",
        "1,ada,0000-12-31,5             | placed_at is '0000-12-31': that is before the year 1",
        ",ada,2026-01-03,5              | order_id is empty",
        "1,a\0da,2026-01-03,5           | user_id contains a NUL character",
        "1,ada,2026-01-03               | amount is empty: write an amount such as 19.90",
        "1,ada,2026-01-03,12,50         | has 5 values for 4 columns: quote values that contain",
      })
  void shouldRejectABadRowByLineAndReasonAndTakeTheOthers(String bad, String reason)
      throws Exception {
    users(USERS);
    CsvImport.Report report = orders(ORDERS + bad + "\nfine,ada,2026-01-03,5\n");

    assertThat(counts(report)).containsExactly(2L, 1L, 0L, 0L, 0L, 1L);
    List<String> lines = Files.readAllLines(report.rejects());
    assertThat(lines.get(0)).isEqualTo("line,reason,order_id,user_id,placed_at,amount");
    assertThat(lines.get(1).replace("\"", "")).startsWith("2," + reason);
  }

  @Test
  void shouldRejectAnUnknownStatusAndAnIdThatIsTooLong() throws Exception {
    users(USERS);
    CsvImport.Report report =
        orders(
            "order_id,user_id,placed_at,amount,status\n1,ada,2026-01-03,5,SHIPPED\n"
                + "x".repeat(129)
                + ",ada,2026-01-03,5,PLACED\n");

    assertThat(Files.readString(report.rejects()))
        .contains("status is 'SHIPPED': write PLACED or CANCELLED")
        .contains("order_id has 129 characters: use at most 128");
  }

  @Test
  void shouldSayAgainThatNothingIsRejectedOnceTheFileIsMended() throws Exception {
    users(USERS);
    Path rejects = orders(ORDERS + "1,ada,2026-01-03,-1\n").rejects();
    assertThat(rejects).exists();
    orders(ORDERS + "1,ada,2026-01-03,1\n");

    assertThat(rejects).doesNotExist();
  }

  @Test
  void shouldNameColumnsThatMeanNothing() throws Exception {
    CsvImport.Report report = users("user_id,shoe_size,created_at\nada,38,2026-01-01\n");

    assertThat(report.unknownColumns()).containsExactly("shoe_size");
  }

  @Test
  void shouldRefuseAFileWithoutARequiredColumn() {
    assertThatThrownBy(() -> orders("order_id,user_id,amount\n1,ada,5\n"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has no column placed_at");
  }

  @Test
  void shouldShiftTheNewestGoodOrderToNow() throws Exception {
    Instant before = Instant.now();
    shifted(
        USERS,
        ORDERS + "1,ada,2020-01-01,5\n2,ada,2020-01-31T12:00:00Z,5\n3,ada,2021-01-01,none\n");

    assertThat(newestOrder()).isBetween(before.minusSeconds(60), before.plusSeconds(60));
    assertThat(database.value("select max(placed_at) - min(placed_at) from shop.orders"))
        .isEqualTo("30 days 12:00:00");
  }

  @Test
  void shouldShiftTimesThatLieAheadBeforeItAsksWhetherTheyDo() throws Exception {
    Instant before = Instant.now();
    List<CsvImport.Report> reports =
        shifted(
            "user_id,created_at\nada,2998-01-01\nbob,2999-03-01\n",
            ORDERS + "1,ada,2998-12-01,5\n2,ada,2999-01-01,5\n");

    assertThat(counts(reports.get(1))).containsExactly(2L, 2L, 0L, 0L, 0L, 0L);
    assertThat(newestOrder()).isBetween(before.minusSeconds(60), before.plusSeconds(60));
    assertThat(counts(reports.get(0))).containsExactly(2L, 1L, 0L, 0L, 0L, 1L);
    assertThat(Files.readString(reports.get(0).rejects()))
        .contains(
            "created_at is '2999-03-01': moved to ", " that is more than a day in the future");
  }

  @Test
  void shouldWriteManyBatches() throws Exception {
    StringBuilder file = new StringBuilder(ORDERS);
    for (int i = 0; i < 12_345; i++) {
      file.append(i).append(",ada,2026-01-03T00:00:00Z,").append(i).append(".99\n");
    }
    users(USERS);

    assertThat(counts(orders(file.toString()))).containsExactly(12_345L, 12_345L, 0L, 0L, 0L, 0L);
  }

  @Test
  void shouldWriteAllOrdersOfAClientInOneTransaction() throws Exception {
    StringBuilder file = new StringBuilder(ORDERS);
    for (int i = 0; i < 20_000; i++) {
      file.append("%d,client-%d,2026-01-03T00:00:00Z,5.00%n".formatted(i, i % 2_000));
    }

    assertThat(counts(orders(file.toString()))).containsExactly(20_000L, 20_000L, 0L, 0L, 0L, 0L);
    assertThat(database.value("select count(distinct xmin::text) > 1 from shop.orders"))
        .isEqualTo("t");
    assertThat(
            database.value(
                "select count(*) from (select user_id from shop.orders group by user_id"
                    + " having count(distinct xmin::text) > 1) divided"))
        .isEqualTo("0");
  }

  @Test
  void shouldNotSayThatAnOrderWasCancelledNowIfTheFileOnlySaysThatItIs() throws Exception {
    String header = "order_id,user_id,placed_at,amount,refunded_amount,status\n";
    orders(header + "1,ada,2026-01-03,12,0,PLACED\n2,ada,2026-01-03,12,0,PLACED\n");
    orders(header + "1,ada,2026-01-03,12,0,CANCELLED\n2,ada,2026-01-03,12,3,PLACED\n");
    orders(
        """
        order_id,user_id,placed_at,amount,status,cancelled_at
        3,ada,2026-01-03,12,CANCELLED,2026-01-05
        """);

    assertThat(
            database.value(
                "select string_agg(concat_ws(' ', order_id, cancelled_at at time zone 'UTC',"
                    + " refunded_at), ', ' order by order_id) from shop.orders"))
        .isEqualTo("1, 2, 3 2026-01-05 00:00:00");
    database.execute("update shop.orders set status = 'CANCELLED' where order_id = '2'");
    assertThat(
            database.value(
                "select cancelled_at > now() - interval '1 minute' from shop.orders"
                    + " where order_id = '2'"))
        .isEqualTo("t");
  }

  private List<CsvImport.Report> shifted(String users, String orders) throws Exception {
    Path usersFile = write("users.csv", users);
    Path ordersFile = write("orders.csv", orders);
    ImportOptions options =
        ImportOptions.DEFAULT.shifted(
            csvImport.shiftToNow(InputFile.of(ordersFile), ImportOptions.DEFAULT));
    return List.of(
        csvImport.users(InputFile.of(usersFile), options),
        csvImport.orders(InputFile.of(ordersFile), options));
  }

  private static Instant newestOrder() throws SQLException {
    return Instant.parse(
        database.value(
            "select to_char(max(placed_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                + " from shop.orders"));
  }

  private static List<Long> counts(CsvImport.Report report) {
    return List.of(
        report.read(),
        report.inserted(),
        report.updated(),
        report.unchanged(),
        report.repeated(),
        report.rejected());
  }

  private CsvImport.Report users(String content) throws IOException, SQLException {
    return csvImport.users(InputFile.of(write("users.csv", content)), ImportOptions.DEFAULT);
  }

  private CsvImport.Report orders(String content) throws IOException, SQLException {
    return csvImport.orders(InputFile.of(write("orders.csv", content)), ImportOptions.DEFAULT);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8);
  }
}
