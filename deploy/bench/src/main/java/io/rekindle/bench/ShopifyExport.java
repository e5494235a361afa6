package io.rekindle.bench;

import io.rekindle.platform.text.Resources;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;

/**
 * Writes a file of orders in the form of Shopify's export: a row for each line of an order, of
 * which only the first has totals; apostrophes before numbers; discounts, refunds, cancelled orders
 * and orders without an address. The same seed gives the same file.
 */
public final class ShopifyExport {

  /** The columns of the export, in its order. */
  private static final String HEADER =
      Resources.get(ShopifyExport.class, "shopify-orders-header.csv").strip();

  private static final int COLUMNS = HEADER.split(",").length;
  private static final int MAX_LINES = 4;
  private static final long FIRST_ID = 5_000_000_000_000L;
  private static final long BEGIN = Instant.parse("2024-01-01T08:00:00Z").getEpochSecond();
  private static final long PERIOD_SECONDS = 700L * 24 * 3600;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx").withZone(ZoneOffset.ofHours(1));
  private static final String[] PRODUCTS = {
    "Cup", "Tea \"Morning\"", "Pan 9\"\"", "Lamp, small", "Desk; oak", "Müsli"
  };

  /**
   * What a file has.
   *
   * @param rows the rows below the header
   * @param orders the orders with an address
   * @param withoutAddress the orders without one
   * @param cancelled the orders with an address that were cancelled
   * @param amount the sum of all orders with an address
   * @param refunded the sum that was given back of these
   */
  public record Contents(
      long rows,
      long orders,
      long withoutAddress,
      long cancelled,
      BigDecimal amount,
      BigDecimal refunded) {}

  private final SplittableRandom random;
  private final String[] row = new String[COLUMNS];
  private long rows;
  private long orders;
  private long withoutAddress;
  private long cancelled;
  private long amountCents;
  private long refundedCents;

  private ShopifyExport(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * Writes a file.
   *
   * @param clients who order, with addresses that tell their number
   */
  public static Contents write(Path file, int orders, int clients, long seed) throws IOException {
    ShopifyExport export = new ShopifyExport(seed);
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write(HEADER);
      out.write('\n');
      // The newest order stands first.
      for (int number = orders; number > 0; number--) {
        long placedAt = BEGIN + PERIOD_SECONDS * number / orders;
        export.order(out, number, clients, placedAt);
      }
    }
    return new Contents(
        export.rows,
        export.orders,
        export.withoutAddress,
        export.cancelled,
        BigDecimal.valueOf(export.amountCents, 2),
        BigDecimal.valueOf(export.refundedCents, 2));
  }

  private void order(BufferedWriter out, int number, int clients, long placedAt)
      throws IOException {
    int lines = 1 + random.nextInt(MAX_LINES);
    long[] prices = random.longs(lines, 100, 9_000).toArray();
    long subtotal = 0;
    for (long price : prices) {
      subtotal += price;
    }
    long discount = random.nextInt(10) == 0 ? subtotal / 10 : 0;
    long shipping = subtotal > 10_000 ? 0 : 495;
    long total = subtotal - discount + shipping;
    boolean address = random.nextInt(50) > 0;
    boolean cancels = random.nextInt(40) == 0;
    int refunds = random.nextInt(20);
    long refund = cancels || refunds == 0 ? total : refunds == 1 ? total / 3 : 0;
    int client = random.nextInt(clients);
    String email = address ? "Client" + client + "@shop.example" : "";
    String created = TIME.format(Instant.ofEpochSecond(placedAt));
    clear("#" + number, email, created);
    row[2] = refund == 0 ? "paid" : refund == total ? "refunded" : "partially_refunded";
    row[3] = created;
    row[4] = cancels ? "unfulfilled" : "fulfilled";
    row[6] = client % 3 == 0 ? "yes" : "no";
    row[7] = "EUR";
    row[8] = money(subtotal - discount);
    row[9] = money(shipping);
    row[10] = "0.00";
    row[11] = money(total);
    row[12] = discount > 0 ? "WELCOME,10" : "";
    row[13] = money(discount);
    row[24] = "Client O'" + client;
    row[30] = "'0" + (1000 + client % 9000);
    row[33] = "'+49351" + client;
    row[44] = random.nextInt(20) == 0 ? "ring twice,\nthen \"wait\"" : "";
    row[46] = cancels ? TIME.format(Instant.ofEpochSecond(placedAt + 3_600)) : "";
    row[49] = money(refund);
    row[55] = Long.toString(FIRST_ID + number);
    for (int line = 0; line < lines; line++) {
      if (line > 0) {
        clear("#" + number, email, created);
      }
      row[16] = "1";
      row[17] = PRODUCTS[random.nextInt(PRODUCTS.length)];
      row[18] = money(prices[line]);
      row[20] = "SKU-" + random.nextInt(500);
      write(out);
    }
    if (!address) {
      withoutAddress++;
      return;
    }
    orders++;
    cancelled += cancels ? 1 : 0;
    amountCents += total;
    refundedCents += refund;
  }

  private void clear(String name, String email, String created) {
    java.util.Arrays.fill(row, "");
    row[0] = name;
    row[1] = email;
    row[15] = created;
  }

  private void write(BufferedWriter out) throws IOException {
    for (int i = 0; i < row.length; i++) {
      if (i > 0) {
        out.write(',');
      }
      String value = row[i];
      if (value.indexOf(',') >= 0 || value.indexOf('"') >= 0 || value.indexOf('\n') >= 0) {
        out.write('"');
        out.write(value.replace("\"", "\"\""));
        out.write('"');
      } else {
        out.write(value);
      }
    }
    out.write('\n');
    rows++;
  }

  private static String money(long cents) {
    return BigDecimal.valueOf(cents, 2).toPlainString();
  }
}
