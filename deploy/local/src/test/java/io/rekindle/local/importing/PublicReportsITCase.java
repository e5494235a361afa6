package io.rekindle.local.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.terminal.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** What users of other programs have reported of exports and imports, with data of our own. */
class PublicReportsITCase extends EachWithImportedShop {

  private static final String ORDERS = "order_id,user_id,placed_at,amount";

  /** https://github.com/apple/turicreate/issues/1692: the rows behind an open quote are lost. */
  @Test
  void shouldLoseNoRowBehindAQuoteThatStaysOpen() throws Exception {
    CsvImport.Report report =
        shop.orders(
            """
            order_id, user_id, placed_at, amount, note
            "1", "mira", "2026-02-03", "1", "a
            "2", "mira", "2026-02-03", "1", "b"
            3, mira, 2026-02-03, 1, c
            """);

    assertThat(ids()).isEqualTo("2 3");
    assertThat(Files.readString(report.rejects())).contains("a quote that opens in line 2");
  }

  /** https://github.com/osiegmar/FastCSV/issues/173: the end of the file closes a quote. */
  @Test
  void shouldNotLetTheEndOfTheFileCloseAQuote() throws Exception {
    CsvImport.Report report =
        shop.orders(ORDERS + "\n1,mira,2026-02-03,1\n2,mira,2026-02-03,\"1\n3,mira\n");

    assertThat(ids()).isEqualTo("1");
    assertThat(report.rejected()).isEqualTo(2);
  }

  /** https://github.com/JoshClose/CsvHelper/issues/308: two quotes begin the next line. */
  @Test
  void shouldGoOnBehindTwoQuotesAtTheBeginOfALine() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS
                + ",note,file\n1,mira,2026-02-03,1,fine,x\n2,mira,2026-02-03,1,\"CARR\n\"\",y\n"
                + "3,mira,2026-02-03,1,fine,z\n4,mira,2026-02-03,1,fine,z\n");

    assertThat(ids()).isEqualTo("1 3 4");
    assertThat(Files.readString(report.rejects())).contains("opens in line 3");
  }

  /** https://github.com/alexpcosta/opengym/pull/7: an inch mark in a value without quotes. */
  @Test
  void shouldTakeAnInchMarkForWhatItIs() throws Exception {
    shop.users(
        "user_id,created_at,name\nmira,2026-01-01,Box of 24\"\nnoah,2026-01-01,\"A \"\"B\"\"\"\n");

    assertThat(database.value("select string_agg(name, '|' order by user_id) from shop.users"))
        .isEqualTo("Box of 24\"|A \"B\"");
  }

  /** https://github.com/jexp/batch-import/issues/50: one quote makes the reader read the rest. */
  @Test
  void shouldNotReadTheRestOfALongFileForOneQuote() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS
                + "\n"
                + "1,mira,2026-02-03,\"1\n"
                + "no row at all\n".repeat(300_000)
                + "2,mira,2026-02-03,1\n");

    assertThat(ids()).isEqualTo("2");
    assertThat(report.findings().rejections()).hasSize(2);
  }

  /** https://github.com/pulibrary/orangelight/issues/2695: a spreadsheet made 421 of an id 420. */
  @Test
  void shouldNoticeThatTheLastDigitsOfIdsAreZeros() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS + "\n9912140633506420,mira,2026-02-03,1\n9912140633511120,mira,2026-02-03,1\n");

    assertThat(report.findings().idsEndingInZeros()).isEqualTo(2);
    assertThat(
            shop.orders(
                    ORDERS
                        + "\n9912140633506421,mira,2026-02-03,1\n9912140633511120,mira,2026-02-03,1\n")
                .findings()
                .idsEndingInZeros())
        .as("one of two, as by chance")
        .isZero();
  }

  /** https://github.com/bloom-housing/bloom/issues/4458: codes with the letter E are codes. */
  @Test
  void shouldKeepCodesWithTheLetterE() throws Exception {
    shop.orders(ORDERS + "\n219E01BE,mira,2026-02-03,1\n2E10,mira,2026-02-03,1\n");

    assertThat(ids()).isEqualTo("219E01BE 2E10");
  }

  /**
   * https://github.com/DFE-Digital/register-trainee-teachers/pull/3229: an apostrophe keeps a long
   * id whole, and is no part of it.
   */
  @Test
  void shouldTakeTheApostropheOffALongId() throws Exception {
    shop.orders(ORDERS + "\n'17012345678901234,'0042,2026-02-03,1\n");

    assertThat(database.value("select order_id || ' ' || user_id from shop.orders"))
        .isEqualTo("17012345678901234 0042");
  }

  /**
   * https://github.com/dotCMS/core/issues/36508 and
   * https://github.com/azavea/django-queryset-csv/issues/71: a byte order mark, as it is, in front
   * of a quote, twice, or read in another encoding.
   */
  @Test
  void shouldKnowTheFirstColumnBehindAnyByteOrderMark() throws Exception {
    for (String mark : new String[] {"\uFEFF", "\uFEFF\uFEFF", "\u00EF\u00BB\u00BF"}) {
      shop.orders(mark + ORDERS + "\n1,mira,2026-02-03,1\n");
    }
    shop.orders("\uFEFF\"order_id\",\"user_id\",\"placed_at\",\"amount\"\n2,mira,2026-02-03,1\n");

    assertThat(ids()).isEqualTo("1 2");
  }

  /** https://github.com/magento/magento2/issues/9426: 14:04:00 PM. */
  @Test
  void shouldReadAnAfternoonOfTwentyFourHours() throws Exception {
    shop.orders(ORDERS + "\n1,mira,\"Apr 27, 2017 14:04:00 PM\",1\n");

    assertThat(database.value("select placed_at at time zone 'UTC' from shop.orders"))
        .isEqualTo("2017-04-27 14:04:00");
  }

  /** https://github.com/magento/magento2/issues/37306: the export is three hours off. */
  @Test
  void shouldReadTheExportOfMagentoInTheZoneThatIsNamed() throws Exception {
    CsvImport.Report utc = shop.ordersOf("magento-orders.csv", ImportOptions.DEFAULT);
    assertThat(shop.orders()).contains("000000021 mira@shop.example 2026-02-03T09:59");
    assertThat(utc.findings().zonelessTimes()).isPositive();

    shop.ordersOf("magento-orders.csv", ImportOptions.DEFAULT.in(ZoneId.of("America/Sao_Paulo")));
    assertThat(shop.orders()).contains("000000021 mira@shop.example 2026-02-03T12:59");
  }

  /** https://github.com/Automattic/woocommerce-payments/issues/7834: yen divided by 100. */
  @Test
  void shouldNoticeDecimalsInACurrencyWithoutAny() throws Exception {
    CsvImport.Report report =
        shop.orders(
            ORDERS + ",currency\n1,mira,2026-02-03,12.34,JPY\n2,mira,2026-02-03,1200.00,JPY\n");

    assertThat(report.findings().amountsWithDecimalsOfOthers()).isEqualTo(1);
  }

  /** https://github.com/egh/ledger-autosync/issues/34: 1,560.00 in quotes, blanks in the header. */
  @Test
  void shouldReadGroupedThousandsUnderAHeaderWithBlanks() throws Exception {
    shop.orders(
        "order_id, user_id, placed_at, amount, \n\"1\",\"mira\",\"6/21/2017\",\"1,560.00\",\n");

    assertThat(shop.orders()).isEqualTo("1 mira 2017-06-21T00:00 1560.00 0.00 EUR PLACED");
  }

  /** https://github.com/solidusio-contrib/solidus_importer/issues/62: only one line of two. */
  @Test
  void shouldCountAllLinesOfAnOrder() throws Exception {
    CsvImport.Report report = shop.ordersOf("shopify-orders.csv", ImportOptions.DEFAULT);

    assertThat(report.lines()).isEqualTo(1);
    assertThat(report.repeated()).isZero();
  }

  /**
   * https://github.com/julionc/awesome-shopify/pull/81: what is blank on the further lines of an
   * order is not zero.
   */
  @Test
  void shouldNotLoseTheTotalsOfAnOrderToItsFurtherLines() throws Exception {
    shop.ordersOf("shopify-orders.csv", ImportOptions.DEFAULT);

    assertThat(database.value("select amount from shop.orders where order_id = '#2001'"))
        .isEqualTo("45.00");
  }

  /** https://github.com/woocommerce/woocommerce/issues/29156: orders without their customer. */
  @Test
  void shouldSayThatAnExportNamesNoClient() {
    String analytics =
        """
        Date,"Order #",Status,Product(s),"Items sold",Coupon(s),"Total"
        "2026-02-03 09:59:00",31,completed,"1x Cup",1,,45
        """;

    assertThatThrownBy(
            () ->
                shop.orders(
                    analytics.getBytes(StandardCharsets.UTF_8),
                    ImportOptions.DEFAULT.from(Source.WOOCOMMERCE)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("has no column that names the client (user_id or customer_id or");
  }

  /**
   * https://github.com/woocommerce/woocommerce-admin/pull/2428: each guest without an address
   * became a client.
   */
  @Test
  void shouldMakeNoClientOfAGuestWithoutAnAddress() throws Exception {
    CsvImport.Report report = shop.ordersOf("woocommerce-orders.csv", ImportOptions.DEFAULT);

    assertThat(report.findings().leftOut())
        .containsKey("guests without an address, so without a client");
    assertThat(
            database.value(
                "select count(*) from shop.orders where user_id in ('', '0') or order_id = '37'"))
        .isEqualTo("0");
  }

  private static String ids() throws SQLException {
    return database.value("select string_agg(order_id, ' ' order by order_id) from shop.orders");
  }
}
