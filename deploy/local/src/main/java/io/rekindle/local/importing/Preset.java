package io.rekindle.local.importing;

import static io.rekindle.local.importing.OrderState.CANCELLED;
import static io.rekindle.local.importing.OrderState.PLACED;
import static io.rekindle.local.importing.OrderState.REFUNDED;
import static io.rekindle.local.importing.OrderState.UNFINISHED;

import io.rekindle.local.csv.CsvFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The exports of a program: the names of their columns and what their statuses mean. {@code
 * docs/reference/import.md} has the source of each fact. Each preset knows the names of our own
 * columns as well, since people rename some of them.
 *
 * @param source the program
 * @param orders its export of orders
 * @param users its export of clients
 */
record Preset(Source source, Orders orders, Users users) {

  /** How the lines of an order stand in the file. */
  enum Lines {
    /** A row is an order. */
    NONE,
    /** The first row of an order has what concerns all of it. In the others that is empty. */
    FIRST_ROW_HAS_ORDER,
    /** Each row has what concerns the whole order. */
    EVERY_ROW_HAS_ORDER
  }

  /**
   * Columns of orders; of several names the first that the file has counts.
   *
   * @param signature columns by which the export is known, all of them
   * @param userId the client's id, where the export has one
   * @param email the client's address, which is the id of a guest
   * @param mode tells payments of a test from live ones
   * @param lineTotal what a line costs, if the export has no amount of the whole order
   * @param statuses the meaning of each status; empty for our own two statuses
   * @param utc whether times without a zone are UTC
   */
  record Orders(
      List<String> signature,
      List<String> orderId,
      List<String> userId,
      List<String> email,
      List<String> placedAt,
      List<String> amount,
      List<String> refundedAmount,
      List<String> currency,
      List<String> status,
      List<String> cancelledAt,
      List<String> refundedAt,
      List<String> mode,
      Lines lines,
      List<String> lineName,
      List<String> lineSku,
      List<String> lineQuantity,
      List<String> linePrice,
      List<String> lineTotal,
      List<String> lineRefunded,
      Map<String, OrderState> statuses,
      boolean utc) {}

  /**
   * Columns of clients; of several names the first that the file has counts.
   *
   * @param signature columns by which the export is known, all of them
   * @param userId the id that orders name
   * @param email the address, which is the id where orders name no other
   * @param fallbackId the id of a client without an address
   */
  record Users(
      List<String> signature,
      List<String> userId,
      List<String> email,
      List<String> fallbackId,
      List<String> name,
      List<String> firstName,
      List<String> lastName,
      List<String> consent,
      List<String> createdAt,
      boolean utc) {}

  private static final List<String> NO = List.of();

  static final Preset REKINDLE =
      new Preset(
          Source.REKINDLE,
          new Orders(
              List.of("order_id", "user_id", "placed_at", "amount"),
              List.of("order_id"),
              List.of("user_id"),
              List.of("customer_email", "billing_email", "email"),
              List.of("placed_at"),
              List.of("amount"),
              List.of("refunded_amount"),
              List.of("currency"),
              List.of("status"),
              List.of("cancelled_at"),
              List.of("refunded_at"),
              NO,
              Lines.NONE,
              NO,
              NO,
              NO,
              NO,
              NO,
              NO,
              Map.of(),
              false),
          new Users(
              List.of("user_id", "created_at"),
              List.of("user_id"),
              List.of("email"),
              NO,
              List.of("name"),
              NO,
              NO,
              List.of("marketing_consent"),
              List.of("created_at"),
              false));

  private static final Preset SHOPIFY =
      new Preset(
          Source.SHOPIFY,
          new Orders(
              List.of("Financial Status", "Lineitem name"),
              List.of("order_id", "Name"),
              List.of("user_id"),
              List.of("Email"),
              List.of("placed_at", "Created at"),
              List.of("amount", "Total"),
              List.of("refunded_amount", "Refunded Amount"),
              List.of("Currency"),
              List.of("Financial Status"),
              List.of("Cancelled at"),
              NO,
              NO,
              Lines.FIRST_ROW_HAS_ORDER,
              List.of("Lineitem name"),
              List.of("Lineitem sku"),
              List.of("Lineitem quantity"),
              List.of("Lineitem price"),
              NO,
              NO,
              statuses(
                  PLACED,
                  "paid, partially paid, authorized, pending, partially refunded, unpaid, due, overdue",
                  REFUNDED,
                  "refunded",
                  CANCELLED,
                  "voided, expired"),
              false),
          new Users(
              List.of("Total Spent", "Total Orders"),
              List.of("user_id"),
              List.of("Email"),
              List.of("Customer ID"),
              List.of("name"),
              List.of("First Name"),
              List.of("Last Name"),
              List.of("marketing_consent", "Accepts Email Marketing", "Accepts Marketing"),
              List.of("created_at"),
              false));

  private static final Map<String, OrderState> WOOCOMMERCE_STATUSES =
      statuses(
          PLACED,
          "completed, processing, on hold",
          REFUNDED,
          "refunded",
          CANCELLED,
          "cancelled, failed, trash",
          UNFINISHED,
          "pending, pending payment, draft, checkout draft, auto draft");

  private static final Users WOOCOMMERCE_USERS =
      new Users(
          List.of("Username", "Email", "AOV"),
          List.of("user_id", "customer_id", "ID"),
          List.of("Email", "user_email", "billing_email"),
          NO,
          List.of("name", "display_name"),
          List.of("first_name", "billing_first_name"),
          List.of("last_name", "billing_last_name"),
          List.of("marketing_consent"),
          List.of("created_at", "date_registered", "Date registered", "Sign Up", "user_registered"),
          false);

  private static final Preset WOOCOMMERCE =
      new Preset(
          Source.WOOCOMMERCE,
          new Orders(
              List.of("order_id", "order_date", "order_total"),
              List.of("order_id", "Order #", "order_number"),
              List.of("user_id", "customer_id", "customer_user"),
              List.of("billing_email", "customer_email", "Email"),
              List.of("placed_at", "order_date", "date_created", "Date"),
              List.of("amount", "order_total", "total", "Total"),
              List.of("refunded_amount", "total_refunded", "refunded_total"),
              List.of("order_currency", "currency"),
              List.of("status", "order_status"),
              NO,
              NO,
              NO,
              Lines.EVERY_ROW_HAS_ORDER,
              NO,
              NO,
              NO,
              NO,
              NO,
              NO,
              WOOCOMMERCE_STATUSES,
              false),
          WOOCOMMERCE_USERS);

  private static final Preset WOOCOMMERCE_ADVANCED =
      new Preset(
          Source.WOOCOMMERCE_ADVANCED,
          new Orders(
              List.of("Order Number", "Order Status", "Email (Billing)"),
              List.of("order_id", "Order Number", "Order ID"),
              List.of("user_id", "Customer User ID", "Customer ID", "User ID"),
              List.of("Email (Billing)", "Customer Account Email Address"),
              List.of("placed_at", "Order Date"),
              List.of("amount", "Order Total Amount", "Order Total"),
              List.of("refunded_amount", "Order Refund Amount", "Order Refund"),
              List.of("Order Currency", "Currency"),
              List.of("Order Status", "Status"),
              NO,
              NO,
              NO,
              Lines.EVERY_ROW_HAS_ORDER,
              List.of("Item Name", "Name", "Product Name"),
              List.of("SKU"),
              List.of("Quantity"),
              List.of("Item Cost"),
              List.of("Order Line Total", "Item Total Amount"),
              List.of("Order Line Total Refunded"),
              WOOCOMMERCE_STATUSES,
              false),
          WOOCOMMERCE_USERS);

  private static final Preset MAGENTO =
      new Preset(
          Source.MAGENTO,
          new Orders(
              List.of("Purchase Date", "Grand Total (Purchased)"),
              List.of("order_id", "ID", "increment_id"),
              List.of("user_id"),
              List.of("Customer Email", "customer_email"),
              List.of("placed_at", "Purchase Date", "created_at"),
              List.of("amount", "Grand Total (Purchased)", "grand_total"),
              List.of("refunded_amount", "Total Refunded", "total_refunded"),
              List.of("currency", "Order Currency", "order_currency_code"),
              List.of("Status"),
              NO,
              NO,
              NO,
              Lines.NONE,
              NO,
              NO,
              NO,
              NO,
              NO,
              NO,
              statuses(
                  PLACED,
                  "pending, processing, complete, holded, on hold, payment review",
                  REFUNDED,
                  "closed",
                  CANCELLED,
                  "canceled, cancelled, fraud, suspected fraud",
                  UNFINISHED,
                  "pending payment, pending paypal"),
              false),
          new Users(
              List.of("Email", "Customer Since"),
              List.of("user_id"),
              List.of("Email"),
              List.of("ID"),
              List.of("Name"),
              List.of("firstname", "First Name"),
              List.of("lastname", "Last Name"),
              List.of("marketing_consent"),
              List.of("Customer Since", "created_at"),
              false));

  private static final Preset STRIPE =
      new Preset(
          Source.STRIPE,
          new Orders(
              List.of("id", "Amount", "Amount Refunded", "Captured"),
              List.of("order_id", "id"),
              List.of("user_id", "Customer ID"),
              List.of("Customer Email"),
              List.of("placed_at", "Created date (UTC)", "Created (UTC)"),
              List.of("Amount"),
              List.of("refunded_amount", "Amount Refunded"),
              List.of("Currency"),
              List.of("Status"),
              NO,
              List.of("Refunded date (UTC)"),
              List.of("Mode"),
              Lines.NONE,
              NO,
              NO,
              NO,
              NO,
              NO,
              NO,
              statuses(
                  PLACED,
                  "paid, succeeded, pending, processing, uncaptured, requires capture, partially"
                      + " refunded, partial refund, refund pending, disputed",
                  REFUNDED,
                  "refunded",
                  CANCELLED,
                  "failed, canceled, cancelled, blocked, expired",
                  UNFINISHED,
                  "incomplete, requires payment method, requires action, requires confirmation"),
              true),
          new Users(
              List.of("id", "Created (UTC)", "Delinquent"),
              List.of("user_id", "id"),
              List.of("Email"),
              NO,
              List.of("Name"),
              NO,
              NO,
              List.of("marketing_consent"),
              List.of("created_at", "Created (UTC)"),
              true));

  private static final List<Preset> ALL =
      List.of(SHOPIFY, WOOCOMMERCE_ADVANCED, WOOCOMMERCE, MAGENTO, STRIPE);

  /** The preset of a source, which for {@link Source#AUTO} the header of the orders tells. */
  static Preset ofOrders(Source source, CsvFile file) {
    Columns columns = new Columns(file);
    return find(source, preset -> knows(columns, preset.orders().signature()));
  }

  /** The preset of a source, which for {@link Source#AUTO} the header of the clients tells. */
  static Preset ofUsers(Source source, CsvFile file) {
    Columns columns = new Columns(file);
    return find(source, preset -> knows(columns, preset.users().signature()));
  }

  private static Preset find(Source source, Predicate<Preset> known) {
    if (source == Source.REKINDLE) {
      return REKINDLE;
    }
    return ALL.stream()
        .filter(preset -> source == Source.AUTO ? known.test(preset) : preset.source() == source)
        .findFirst()
        .orElse(REKINDLE);
  }

  private static boolean knows(Columns columns, List<String> signature) {
    return signature.stream().allMatch(columns::has);
  }

  /** Pairs of a meaning and the statuses that have it, with commas between. */
  private static Map<String, OrderState> statuses(Object... pairs) {
    Map<String, OrderState> statuses = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      OrderState state = (OrderState) pairs[i];
      Arrays.stream(((String) pairs[i + 1]).split(", "))
          .forEach(status -> statuses.put(status, state));
    }
    return Map.copyOf(statuses);
  }
}
