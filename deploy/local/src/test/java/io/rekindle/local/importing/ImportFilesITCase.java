package io.rekindle.local.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.terminal.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as spreadsheets and people leave them. */
class ImportFilesITCase extends EachWithImportedShop {

  private static final String ORDERS = "order_id,user_id,placed_at,amount";
  private static final String ONE = "1 mira 2026-02-03T00:00 12.50 0.00 EUR PLACED";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order_id;user_id;placed_at;amount\n1;mira;2026-02-03;12,50\n",
        "\uFEFForder_id;user_id;placed_at;amount\r\n1;mira;2026-02-03;12,50\r\n",
        "order_id\tuser_id\tplaced_at\tamount\n1\tmira\t2026-02-03\t12,50\n",
        "order_id|user_id|placed_at|amount\n1|mira|2026-02-03|12.50\n",
        "sep=;\norder_id;user_id;placed_at;amount\n1;mira;2026-02-03;12,50\n",
        "\"sep=;\"\r\norder_id;user_id;placed_at;amount\r\n1;mira;2026-02-03;12,50\r\n",
        "order_id,user_id,placed_at,amount\r1,mira,2026-02-03,12.50\r",
        "\n\nOrder ID,User-ID,Placed at,AMOUNT\n\n , \n1,mira,2026-02-03,\"12,50\"",
        "order_id,user_id,placed_at,amount,,\n1,mira,2026-02-03,12.50,,\n,,,,,\n",
        "order_id,user_id,placed_at,amount,category\n1,mira,2026-02-03,12.50\n",
        "order_id,user_id,placed_at,amount\n1,mira,2026-02-03,12.50,,,\n",
        "order_id, user_id, placed_at, amount\n1, \"mira\", \"2026-02-03\" , \"12.50\"\n",
        "order_id,user_id,placed_at,amount,note,note\n1,mira,2026-02-03,12.50,a,b\n",
      })
  void shouldReadEveryDialect(String text) throws Exception {
    CsvImport.Report report = shop.orders(text);

    assertThat(report.rejected()).isZero();
    assertThat(shop.orders()).isEqualTo(ONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-8"})
  void shouldFindTheEncodingOut(String encoding) throws Exception {
    String text = "user_id;name;created_at\nmira;Mïra Ștefan;2026-01-01\n";
    shop.users(text.getBytes(Charset.forName(encoding)), ImportOptions.DEFAULT);

    assertThat(database.value("select name from shop.users")).isEqualTo("Mïra Ștefan");
  }

  @Test
  void shouldReadOtherEncodingsByTheirNameAndCompressedFiles() throws Exception {
    String text = "user_id;name;created_at\nmira;Zoë;2026-01-01\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    CsvImport.Report without = shop.users(bytes.toByteArray(), ImportOptions.DEFAULT);
    assertThat(Files.readString(without.rejects())).contains("name its --encoding");
    shop.usersIn(bytes.toByteArray(), StandardCharsets.ISO_8859_1);

    assertThat(database.value("select name from shop.users")).isEqualTo("Zoë");
  }

  @Test
  void shouldHoldOnlyUsedColumnsToTheEncoding() throws Exception {
    byte[] text =
        (ORDERS + ",notes\n1,mira,2026-02-03,12.50,leave at the café\n2,mi\u00E9ra,2026-02-03,1,\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    CsvImport.Report report = shop.orders(text, ImportOptions.DEFAULT);

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(Files.readString(report.rejects())).contains("3,\"user_id is not valid UTF-8");
    assertThat(shop.orders()).isEqualTo(ONE);
  }

  @Test
  void shouldCallAMissingValueEmpty() throws Exception {
    CsvImport.Report report =
        shop.users(
            """
            user_id,created_at,email,name,time_zone,locale
            mira,2026-01-01,mira@shop.example,Mira,Europe/Berlin,de
            noah,2026-01-01,noah@shop.example,Noah
            till,2026-01-01
            uma
            """);

    assertThat(report.imported()).isEqualTo(3);
    assertThat(Files.readString(report.rejects())).contains("5,created_at is empty");
  }

  @Test
  void shouldNameTheLineInWhichAStrayQuoteOpensAndReadTheRowsBehindIt() throws Exception {
    CsvImport.Report report =
        shop.orders(
            """
            order_id,user_id,placed_at,amount,note
            1,mira,2026-02-03,12.50,"two
            lines, fine"
            2,mira,2026-02-03,12.50,"a pot of 7" width"
            3,mira,2026-02-03,12.50,"never closed
            4,mira,2026-02-03,12.50,fine
            5,mira,2026-02-03,12.50,"fine"
            6,mira,2026-02-03,12.50,"
            7,mira,2026-02-03,12.50,fine
            8,mira,2026-02-03,12.50,"
            9,mira,2026-02-03,12.50,fine
            """);

    assertThat(
            database.value("select string_agg(order_id, ' ' order by order_id) from shop.orders"))
        .isEqualTo("1 2 4 5 7 9");
    assertThat(Files.readString(report.rejects()))
        .contains("5,a quote that opens in line 5 swallows the rows behind it")
        .contains("8,a quote that opens in line 8 swallows the rows behind it")
        .contains("10,a quote that opens in line 10 swallows the rows behind it");
    report = shop.orders(ORDERS + "\n1,mira,2026-02-03,\"12.50\n2,mira\n");
    assertThat(Files.readString(report.rejects()))
        .contains("2,a quote that opens in line 2 is never closed", "3,placed_at is empty");
    report = shop.orders(ORDERS + ",note\n1,mira,2026-02-03,1,\"a\nb\" c\n2,mira,2026-02-03,1,d\n");
    assertThat(Files.readString(report.rejects()))
        .contains("2,a quote that opens in line 2 closes within a value of line 3")
        .contains("3,user_id is empty");
  }

  @Test
  void shouldRejectIdsThatASpreadsheetHasCutAndNoticeOthersThatLookSo() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS
                + "\n5.12346E+12,mira,2026-02-03,1\n5,12346E+12;x\n"
                + "1234567890123450000,noah,2026-02-03,1\n17.0,noah,2026-02-03,1\n");

    assertThat(report.rejected()).isEqualTo(2);
    assertThat(Files.readString(report.rejects()))
        .contains("2,\"order_id is '5.12346E+12': a spreadsheet has cut this id");
    assertThat(report.findings().idsEndingInZeros()).isEqualTo(1);
    assertThat(report.findings().idsEndingInPointZero()).isEqualTo(1);
  }

  @Test
  void shouldRejectTheRowThatTheTableRefusesAndNoOther() throws Exception {
    database.execute(
        """
        alter table shop.orders add constraint no_thirteens check (amount <> 13);
        create function shop.no_elevens() returns trigger language plpgsql as $$
        begin
          if new.amount = 11 then raise exception 'eleven is not sold'; end if;
          return new;
        end $$;
        create trigger no_elevens before insert on shop.orders
          for each row execute function shop.no_elevens()
        """);
    try {
      StringBuilder file = new StringBuilder(ORDERS).append('\n');
      for (int i = 0; i < 12_000; i++) {
        file.append("%d,client-%d,2026-02-03,%d%n".formatted(i, i % 700, i < 40 ? i : 5));
      }
      CsvImport.Report preview =
          shop.orders(
              file.toString().getBytes(StandardCharsets.UTF_8), ImportOptions.DEFAULT.preview());
      assertThat(preview.rejected()).as("constraints, and no triggers").isEqualTo(1);
      assertThat(preview.rejects()).doesNotExist();
      assertThat(shop.orders()).isEmpty();

      CsvImport.Report report = shop.orders(file.toString());

      assertThat(report.rejected()).isEqualTo(2);
      assertThat(report.inserted()).isEqualTo(11_998);
      assertThat(Files.readAllLines(report.rejects()))
          .anySatisfy(line -> assertThat(line).startsWith("13,").contains("eleven is not sold"))
          .anySatisfy(
              line -> assertThat(line).startsWith("15,").contains("no_thirteens", ",client-13,"));
    } finally {
      database.execute(
          "alter table shop.orders drop constraint no_thirteens;"
              + " drop trigger no_elevens on shop.orders; drop function shop.no_elevens()");
    }
  }

  @Test
  void shouldRejectCategoriesThatAreTooLong() throws Exception {
    CsvImport.Report report =
        shop.users(
            "user_id,created_at,preferred_categories\nmira,2026-01-01,books\nnoah,2026-01-01,"
                + "shelf of the shop;".repeat(600)
                + "\nomar,2026-01-01,"
                + "a b;".repeat(2_400)
                + "\ntill,2026-01-01,tea\n");

    assertThat(report.imported()).isEqualTo(2);
    assertThat(Files.readString(report.rejects()))
        .contains("3,preferred_categories has 10800 characters: use at most 10000")
        .contains("4,\"the table refuses it by its constraint users_preferred_categories_check");
  }

  @Test
  void shouldNoticeRepeatedRowsThatDiffer() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS
                + "\n1,mira,2026-02-03,1\n1,mira,2026-02-03,1\n2,mira,2026-02-03,1\n2,mira,2026-02-03,2\n2,noah,2026-02-03,12.5\n");

    assertThat(report.repeated()).isEqualTo(3);
    assertThat(report.differing()).isEqualTo(1);
    assertThat(shop.orders()).contains("2 noah 2026-02-03T00:00 12.50");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12.5           | EUR | 12.50",
        "1,234.50       | EUR | 1234.50",
        "1.234,50       | EUR | 1234.50",
        "1 234,50       | EUR | 1234.50",
        "1'234.50       | CHF | 1234.50",
        "1,234,567      | EUR | 1234567.00",
        "12,34,567.00   | INR | 1234567.00",
        "12.345         | KWD | 12.35",
        "12.3450        | KWD | 12.35",
        "45.0000        | EUR | 45.00",
        "1200           | JPY | 1200.00",
      })
  void shouldReadTheAmountsOfAllCountries(String text, String currency, String amount)
      throws Exception {
    shop.orders(ORDERS + ",currency\n1,mira,2026-02-03,\"" + text + "\"," + currency + "\n");

    assertThat(database.value("select amount from shop.orders")).isEqualTo(amount);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,234", "1.234", "12.3456", "1.2.3", "1,2,3", "--1", "1e3"})
  void shouldNotGuessAnAmount(String text) throws Exception {
    assertThat(shop.orders(ORDERS + "\n1,mira,2026-02-03,\"" + text + "\"\n").rejected())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-02-03 09:59:00 +0100      | 2026-02-03 08:59",
        "2026-02-03T09:59:00.000Z       | 2026-02-03 09:59",
        "2026-07-03 09:59               | 2026-07-03 07:59",
        "Feb 3, 2026 9:59:00 AM         | 2026-02-03 08:59",
        "Feb 3, 2026, 9:59:00\u202FPM   | 2026-02-03 20:59",
        "February 3, 2026 9:59 pm       | 2026-02-03 20:59",
        "Tue, 03 Feb 2026 09:59:00 +0000| 2026-02-03 09:59",
        "3 Feb 2026                     | 2026-02-02 23:00",
        "03.02.2026 09:59               | 2026-02-03 08:59",
        "3.2.2026                       | 2026-02-02 23:00",
        "2026/02/03 09:59:30            | 2026-02-03 08:59",
        "23/02/2026 09:59               | 2026-02-23 08:59",
        "02/23/2026 9:59 AM             | 2026-02-23 08:59",
        "2026-02-03 9:59 AM             | 2026-02-03 08:59",
      })
  void shouldReadTheTimesOfExportsInTheZoneOfTheShop(String text, String utc) throws Exception {
    ImportOptions berlin = ImportOptions.DEFAULT.in(java.time.ZoneId.of("Europe/Berlin"));
    shop.orders(
        (ORDERS + "\n1,mira,\"" + text + "\",1\n").getBytes(StandardCharsets.UTF_8), berlin);

    assertThat(
            database.value(
                "select to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')"
                    + " from shop.orders"))
        .isEqualTo(utc);
  }

  @Test
  void shouldAskForTheOrderOfADayWithSlashes() throws Exception {
    CsvImport.Report report = shop.orders(ORDERS + "\n1,mira,03/02/2026 09:59,1\n");

    assertThat(Files.readString(report.rejects()))
        .contains("the day or the month may be first: name --dates day-first or month-first");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "PK\u0003\u0004            | is an Excel workbook or a ZIP archive: save the sheet as CSV",
        "<?xml version='1.0'?>     | is XML or a web page: export CSV instead",
        "{\"orders\": []}          | is JSON: export CSV instead",
        "\"order_id,user_id\"      | has each line in quotes as one value",
        "Name,Total                | has no column amount, order_id, placed_at, user_id",
        "order_id,placed_at,amount | has no column user_id",
        "order_id,user_id,placed_at,amount,amount | has two columns named 'amount': remove one",
      })
  void shouldNameTheRemedyForAFileThatCannotBeRead(String text, String remedy) {
    assertThatThrownBy(() -> shop.orders(text + "\n"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining(remedy);
  }

  @Test
  void shouldReadARowOfAMegabyteAndRejectALongerOne() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS
                + ",note\n1,mira,2026-02-03,12.50,\""
                + "x\n".repeat(500_000)
                + "\"\n2,mira,2026-02-03,1,"
                + "y".repeat(3_000_000)
                + "\n3,mira,2026-02-03,1,fine\n");

    assertThat(report.rejected()).isEqualTo(1);
    assertThat(report.imported()).isEqualTo(2);
    assertThat(report.findings().rejections().values().iterator().next().line()).isEqualTo(500_003);
  }
}
