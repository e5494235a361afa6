package io.rekindle.local.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** The exports of shops and payment services, as they come. */
class ShopExportsITCase extends EachWithImportedShop {

  private static final ImportOptions BERLIN = ImportOptions.DEFAULT.in(ZoneId.of("Europe/Berlin"));

  @Test
  void shouldReadOrdersOfShopifyWithTheirLinesRefundsAndGuests() throws Exception {
    CsvImport.Report report = shop.ordersOf("shopify-orders.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.SHOPIFY);
    assertThat(shop.orders())
        .isEqualTo(
            """
            #2001 mira@shop.example 2026-02-03T08:59 45.00 0.00 EUR PLACED
            #2003 noah@shop.example 2026-02-05T11:00 30.00 30.00 EUR CANCELLED
            #2004 noah@shop.example 2026-02-07T11:00 80.00 20.00 EUR PLACED
            #2005 noah@shop.example 2026-02-08T11:00 8.00 0.00 EUR CANCELLED""");
    assertThat(report.read()).isEqualTo(7);
    assertThat(report.imported()).isEqualTo(4);
    assertThat(report.lines()).isEqualTo(1);
    assertThat(report.leftOut()).as("the lines of the order without an address").isEqualTo(2);
    assertThat(report.rejected() + report.repeated()).isZero();
    assertThat(
            database.value(
                "select cancelled_at at time zone 'UTC' from shop.orders where order_id = '#2003'"))
        .isEqualTo("2026-02-06 07:00:00");
  }

  @Test
  void shouldReadOrdersOfShopifyOfWhichSomeColumnsWereRenamedToOurs() throws Exception {
    shop.ordersOf("shopify-orders.csv", BERLIN);
    String asExported = shop.orders();
    CsvImport.Report report = shop.ordersOf("shopify-orders-renamed.csv", BERLIN);

    assertThat(report.unchanged()).as("rows but for the case of the id").isEqualTo(3);
    assertThat(shop.orders().toLowerCase(java.util.Locale.ROOT))
        .isEqualTo(asExported.toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void shouldJoinCustomersOfShopifyWithTheirOrders() throws Exception {
    shop.ordersOf("shopify-orders.csv", BERLIN);
    CsvImport.Report report = shop.usersOf("shopify-customers.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.SHOPIFY);
    assertThat(shop.users())
        .startsWith(
            """
            8310000000003 Till f""")
        .contains("mira@shop.example <mira@shop.example> Mira Stein t 2026-02-03T08:59")
        .contains("noah@shop.example <Noah@shop.example> Noah f 2026-02-05T11:00");
    assertThat(shop.ordersWithoutUser()).isZero();
    assertThat(shop.usersOf("shopify-customers.csv", BERLIN).unchanged()).isEqualTo(3);
  }

  @Test
  void shouldTakeTheApostropheOffAnIdInARenamedExport() throws Exception {
    shop.users(
        """
        user_id,name,email,marketing_consent,created_at,Default Address Zip,Phone,Total Spent,Total Orders
        '8310000000001,Mira,mira@shop.example,yes,2026-01-01,'01067,'+493510000,45.00,1
        """);
    shop.orders(
        """
        order_id,user_id,placed_at,amount
        1,8310000000001,2026-02-03 09:59:00 +0100,45.00
        """);

    assertThat(shop.ordersWithoutUser()).isZero();
    assertThat(shop.users()).isEqualTo("8310000000001 <mira@shop.example> Mira t 2026-01-01T00:00");
  }

  @Test
  void shouldReadTheGridOfMagento() throws Exception {
    CsvImport.Report report = shop.ordersOf("magento-orders.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.MAGENTO);
    assertThat(shop.orders())
        .isEqualTo(
            """
            000000021 mira@shop.example 2026-02-03T08:59 45.00 0.00 EUR PLACED
            000000022 noah@shop.example 2026-02-04T12:05 30.50 30.50 EUR PLACED
            000000023 noah@shop.example 2026-02-04T23:00 9.00 0.00 EUR CANCELLED""");
    assertThat(report.leftOut()).as("pending_payment").isEqualTo(1);
    assertThat(report.currencyAssumed()).isEqualTo("EUR");
    shop.usersOf("magento-customers.csv", BERLIN);
    assertThat(shop.users())
        .isEqualTo("mira@shop.example <mira@shop.example> Mira Stein f 2025-01-01T07:00");
  }

  @Test
  void shouldReadPaymentsOfStripeInTheirOwnDecimals() throws Exception {
    CsvImport.Report report = shop.ordersOf("stripe-payments.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.STRIPE);
    assertThat(shop.orders())
        .isEqualTo(
            """
            ch_21 cus_21 2026-02-03T09:59 45.00 0.00 EUR PLACED
            ch_22 noah@shop.example 2026-02-04T10:00 1200.00 0.00 JPY PLACED
            ch_23 cus_21 2026-02-05T10:00 12.35 0.00 KWD PLACED
            ch_24 cus_21 2026-02-06T10:00 20.00 20.00 EUR PLACED
            ch_25 cus_21 2026-02-06T10:01 20.00 0.00 EUR CANCELLED
            ch_27 cus_21 2026-02-06T10:03 7.50 0.00 EUR PLACED""");
    assertThat(report.findings().roundedAmounts()).isEqualTo(1);
    assertThat(report.findings().rounding()).isEqualByComparingTo("0.005");
    assertThat(report.findings().zonelessTimes()).as("Stripe's times are UTC").isZero();
    assertThat(report.findings().currencies()).hasSize(3);
    assertThat(report.leftOut()).as("a payment of a test").isEqualTo(1);
    shop.usersOf("stripe-customers.csv", BERLIN);
    assertThat(shop.users()).isEqualTo("cus_21 <mira@shop.example> Mira Stein f 2025-01-01T08:00");
  }

  @Test
  void shouldReadOrdersOfWooCommerceWithGuestsByTheirAddress() throws Exception {
    CsvImport.Report report = shop.ordersOf("woocommerce-orders.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.WOOCOMMERCE);
    assertThat(shop.orders())
        .isEqualTo(
            """
            31 7 2026-02-03T08:59 45.00 0.00 EUR PLACED
            32 noah@shop.example 2026-02-04T08:59 12.00 0.00 EUR PLACED
            33 noah@shop.example 2026-02-05T08:59 8.00 8.00 EUR PLACED
            34 noah@shop.example 2026-02-06T08:59 8.00 0.00 EUR CANCELLED
            36 noah@shop.example 2026-02-06T10:59 8.00 0.00 EUR PLACED""");
    assertThat(report.findings().unknownStatuses()).containsOnlyKeys("shipped");
    assertThat(report.leftOut()).as("a pending one, a guest without an address").isEqualTo(2);
  }

  @Test
  void shouldSumTheLinesOfAnAdvancedExportWithoutAnAmountOfTheOrder() throws Exception {
    CsvImport.Report report = shop.ordersOf("woocommerce-advanced-lines.csv", BERLIN);

    assertThat(report.source()).isEqualTo(Source.WOOCOMMERCE_ADVANCED);
    assertThat(shop.orders())
        .isEqualTo(
            """
            41 mira@shop.example 2026-02-03T08:59 35.00 5.00 EUR PLACED
            42 noah@shop.example 2026-02-04T08:59 3.00 0.00 EUR PLACED""");
    assertThat(report.lines()).isEqualTo(2);
    assertThat(report.repeated()).isZero();
  }

  @Test
  void shouldTakeTheAmountOfTheOrderFromAnAdvancedExportThatHasIt() throws Exception {
    CsvImport.Report report =
        shop.ordersOf("woocommerce-advanced-orders.csv", BERLIN.from(Source.WOOCOMMERCE_ADVANCED));

    assertThat(shop.orders())
        .isEqualTo(
            """
            51 mira@shop.example 2026-02-03T08:59 30.00 0.00 EUR PLACED
            52 mira@shop.example 2026-02-03T08:59 10.00 0.00 EUR PLACED""");
    assertThat(report.lines()).isEqualTo(1);
  }

  @Test
  void shouldReadCustomersOfWooCommerceWithoutADayOfRegistration() throws Exception {
    shop.ordersOf("woocommerce-orders.csv", BERLIN);
    shop.usersOf("woocommerce-customers.csv", BERLIN);

    assertThat(shop.users())
        .isEqualTo(
            """
            mira@shop.example <mira@shop.example> Mira Stein f 2025-01-01T07:00
            noah@shop.example <noah@shop.example> Noah f 2026-02-04T08:59""");
    assertThat(shop.ordersWithoutUser()).as("the order of customer 7").isEqualTo(1);
  }

  @Test
  void shouldNeverMakeOneClientOfAllGuests() throws Exception {
    CsvImport.Report report =
        shop.orders(
            """
            order_id,user_id,placed_at,amount,customer_email
            1,0,2026-01-02 10:00:00,11.00,Guest1@shop.example
            2,0,2026-01-03 10:00:00,12.00,guest2@shop.example
            3,0,2026-01-03 10:00:00,12.00,
            4,5,2026-01-03 10:00:00,12.00,guest1@shop.example
            """);

    assertThat(report.leftOut()).isEqualTo(1);
    assertThat(database.value("select string_agg(user_id, ' ' order by order_id) from shop.orders"))
        .isEqualTo("guest1@shop.example guest2@shop.example 5");
  }

  @Test
  void shouldRejectTheLinesOfARejectedOrderWithIt() throws Exception {
    String export =
        new String(ImportedShop.resource("shopify-orders.csv"), StandardCharsets.UTF_8)
            .replaceFirst("45.00", "forty");
    CsvImport.Report report =
        shop.orders(export.getBytes(StandardCharsets.UTF_8), ImportOptions.DEFAULT);

    assertThat(report.rejected()).isEqualTo(2);
    assertThat(Files.readString(report.rejects()))
        .contains("2,\"total is 'forty': write an amount")
        .contains("4,a line of the order that is rejected in line 2,\"#2001\"");
  }
}
