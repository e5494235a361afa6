package io.rekindle.local.importing;

import static io.rekindle.local.importing.OrderState.CANCELLED;
import static io.rekindle.local.importing.OrderState.PLACED;
import static io.rekindle.local.importing.OrderState.REFUNDED;
import static io.rekindle.local.importing.OrderState.UNFINISHED;

import io.rekindle.local.csv.CsvFile;
import java.util.Arrays;
import java.util.HashMap;
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

  /** What a column of orders says. */
  enum OrderColumn {
    ORDER_ID,
    /** The client's id, where the export has one. */
    USER_ID,
    /** The client's address, which is the id of a guest. */
    EMAIL,
    PLACED_AT,
    AMOUNT,
    REFUNDED_AMOUNT,
    CURRENCY,
    STATUS,
    CANCELLED_AT,
    REFUNDED_AT,
    /** Tells payments of a test from live ones. */
    MODE,
    LINE_NAME,
    LINE_SKU,
    LINE_QUANTITY,
    LINE_PRICE,
    /** What a line costs, if the export has no amount of the whole order. */
    LINE_TOTAL,
    LINE_REFUNDED
  }

  /** What a column of clients says. */
  enum UserColumn {
    /** The id that orders name. */
    USER_ID,
    /** The address, which is the id where orders name no other. */
    EMAIL,
    /** The id of a client without an address. */
    FALLBACK_ID,
    NAME,
    FIRST_NAME,
    LAST_NAME,
    CONSENT,
    CREATED_AT
  }

  /**
   * An export of orders.
   *
   * @param signature columns by which the export is known, all of them
   * @param columns the names of each column; of several the first that the file has counts
   * @param statuses the meaning of each status; empty for our own two statuses
   * @param utc whether times without a zone are UTC
   */
  record Orders(
      List<String> signature,
      Map<OrderColumn, List<String>> columns,
      Lines lines,
      Map<String, OrderState> statuses,
      boolean utc) {

    /** Empty if the export has no such column. */
    List<String> names(OrderColumn column) {
      return columns.getOrDefault(column, List.of());
    }
  }

  /**
   * An export of clients.
   *
   * @param signature columns by which the export is known, all of them
   * @param columns the names of each column; of several the first that the file has counts
   * @param utc whether times without a zone are UTC
   */
  record Users(List<String> signature, Map<UserColumn, List<String>> columns, boolean utc) {

    /** Empty if the export has no such column. */
    List<String> names(UserColumn column) {
      return columns.getOrDefault(column, List.of());
    }
  }

  static final Preset REKINDLE =
      new Preset(
          Source.REKINDLE,
          new Orders(
              List.of("order_id", "user_id", "placed_at", "amount"),
              columns(
                  OrderColumn.ORDER_ID, "order_id",
                  OrderColumn.USER_ID, "user_id",
                  OrderColumn.EMAIL, "customer_email, billing_email, email",
                  OrderColumn.PLACED_AT, "placed_at",
                  OrderColumn.AMOUNT, "amount",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount",
                  OrderColumn.CURRENCY, "currency",
                  OrderColumn.STATUS, "status",
                  OrderColumn.CANCELLED_AT, "cancelled_at",
                  OrderColumn.REFUNDED_AT, "refunded_at"),
              Lines.NONE,
              Map.of(),
              false),
          new Users(
              List.of("user_id", "created_at"),
              columns(
                  UserColumn.USER_ID, "user_id",
                  UserColumn.EMAIL, "email",
                  UserColumn.NAME, "name",
                  UserColumn.CONSENT, "marketing_consent",
                  UserColumn.CREATED_AT, "created_at"),
              false));

  private static final Preset SHOPIFY =
      new Preset(
          Source.SHOPIFY,
          new Orders(
              List.of("Financial Status", "Lineitem name"),
              columns(
                  OrderColumn.ORDER_ID, "order_id, Name",
                  OrderColumn.USER_ID, "user_id",
                  OrderColumn.EMAIL, "Email",
                  OrderColumn.PLACED_AT, "placed_at, Created at",
                  OrderColumn.AMOUNT, "amount, Total",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount, Refunded Amount",
                  OrderColumn.CURRENCY, "Currency",
                  OrderColumn.STATUS, "Financial Status",
                  OrderColumn.CANCELLED_AT, "Cancelled at",
                  OrderColumn.LINE_NAME, "Lineitem name",
                  OrderColumn.LINE_SKU, "Lineitem sku",
                  OrderColumn.LINE_QUANTITY, "Lineitem quantity",
                  OrderColumn.LINE_PRICE, "Lineitem price"),
              Lines.FIRST_ROW_HAS_ORDER,
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
              columns(
                  UserColumn.USER_ID, "user_id",
                  UserColumn.EMAIL, "Email",
                  UserColumn.FALLBACK_ID, "Customer ID",
                  UserColumn.NAME, "name",
                  UserColumn.FIRST_NAME, "First Name",
                  UserColumn.LAST_NAME, "Last Name",
                  UserColumn.CONSENT,
                      "marketing_consent, Accepts Email Marketing, Accepts Marketing",
                  UserColumn.CREATED_AT, "created_at"),
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
          columns(
              UserColumn.USER_ID, "user_id, customer_id, ID",
              UserColumn.EMAIL, "Email, user_email, billing_email",
              UserColumn.NAME, "name, display_name",
              UserColumn.FIRST_NAME, "first_name, billing_first_name",
              UserColumn.LAST_NAME, "last_name, billing_last_name",
              UserColumn.CONSENT, "marketing_consent",
              UserColumn.CREATED_AT,
                  "created_at, date_registered, Date registered, Sign Up, user_registered"),
          false);

  private static final Preset WOOCOMMERCE =
      new Preset(
          Source.WOOCOMMERCE,
          new Orders(
              List.of("order_id", "order_date", "order_total"),
              columns(
                  OrderColumn.ORDER_ID, "order_id, Order #, order_number",
                  OrderColumn.USER_ID, "user_id, customer_id, customer_user",
                  OrderColumn.EMAIL, "billing_email, customer_email, Email",
                  OrderColumn.PLACED_AT, "placed_at, order_date, date_created, Date",
                  OrderColumn.AMOUNT, "amount, order_total, total, Total",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount, total_refunded, refunded_total",
                  OrderColumn.CURRENCY, "order_currency, currency",
                  OrderColumn.STATUS, "status, order_status"),
              Lines.EVERY_ROW_HAS_ORDER,
              WOOCOMMERCE_STATUSES,
              false),
          WOOCOMMERCE_USERS);

  private static final Preset WOOCOMMERCE_ADVANCED =
      new Preset(
          Source.WOOCOMMERCE_ADVANCED,
          new Orders(
              List.of("Order Number", "Order Status", "Email (Billing)"),
              columns(
                  OrderColumn.ORDER_ID, "order_id, Order Number, Order ID",
                  OrderColumn.USER_ID, "user_id, Customer User ID, Customer ID, User ID",
                  OrderColumn.EMAIL, "Email (Billing), Customer Account Email Address",
                  OrderColumn.PLACED_AT, "placed_at, Order Date",
                  OrderColumn.AMOUNT, "amount, Order Total Amount, Order Total",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount, Order Refund Amount, Order Refund",
                  OrderColumn.CURRENCY, "Order Currency, Currency",
                  OrderColumn.STATUS, "Order Status, Status",
                  OrderColumn.LINE_NAME, "Item Name, Name, Product Name",
                  OrderColumn.LINE_SKU, "SKU",
                  OrderColumn.LINE_QUANTITY, "Quantity",
                  OrderColumn.LINE_PRICE, "Item Cost",
                  OrderColumn.LINE_TOTAL, "Order Line Total, Item Total Amount",
                  OrderColumn.LINE_REFUNDED, "Order Line Total Refunded"),
              Lines.EVERY_ROW_HAS_ORDER,
              WOOCOMMERCE_STATUSES,
              false),
          WOOCOMMERCE_USERS);

  private static final Preset MAGENTO =
      new Preset(
          Source.MAGENTO,
          new Orders(
              List.of("Purchase Date", "Grand Total (Purchased)"),
              columns(
                  OrderColumn.ORDER_ID, "order_id, ID, increment_id",
                  OrderColumn.USER_ID, "user_id",
                  OrderColumn.EMAIL, "Customer Email, customer_email",
                  OrderColumn.PLACED_AT, "placed_at, Purchase Date, created_at",
                  OrderColumn.AMOUNT, "amount, Grand Total (Purchased), grand_total",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount, Total Refunded, total_refunded",
                  OrderColumn.CURRENCY, "currency, Order Currency, order_currency_code",
                  OrderColumn.STATUS, "Status"),
              Lines.NONE,
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
              columns(
                  UserColumn.USER_ID, "user_id",
                  UserColumn.EMAIL, "Email",
                  UserColumn.FALLBACK_ID, "ID",
                  UserColumn.NAME, "Name",
                  UserColumn.FIRST_NAME, "firstname, First Name",
                  UserColumn.LAST_NAME, "lastname, Last Name",
                  UserColumn.CONSENT, "marketing_consent",
                  UserColumn.CREATED_AT, "Customer Since, created_at"),
              false));

  private static final Preset STRIPE =
      new Preset(
          Source.STRIPE,
          new Orders(
              List.of("id", "Amount", "Amount Refunded", "Captured"),
              columns(
                  OrderColumn.ORDER_ID, "order_id, id",
                  OrderColumn.USER_ID, "user_id, Customer ID",
                  OrderColumn.EMAIL, "Customer Email",
                  OrderColumn.PLACED_AT, "placed_at, Created date (UTC), Created (UTC)",
                  OrderColumn.AMOUNT, "Amount",
                  OrderColumn.REFUNDED_AMOUNT, "refunded_amount, Amount Refunded",
                  OrderColumn.CURRENCY, "Currency",
                  OrderColumn.STATUS, "Status",
                  OrderColumn.REFUNDED_AT, "Refunded date (UTC)",
                  OrderColumn.MODE, "Mode"),
              Lines.NONE,
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
              columns(
                  UserColumn.USER_ID, "user_id, id",
                  UserColumn.EMAIL, "Email",
                  UserColumn.NAME, "Name",
                  UserColumn.CONSENT, "marketing_consent",
                  UserColumn.CREATED_AT, "created_at, Created (UTC)"),
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

  /** Pairs of a column and its names, with commas between. */
  private static <C extends Enum<C>> Map<C, List<String>> columns(Object... pairs) {
    Map<C, List<String>> columns = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      @SuppressWarnings("unchecked") // Each call names columns of one kind.
      C column = (C) pairs[i];
      columns.put(column, List.of(((String) pairs[i + 1]).split(", ")));
    }
    return Map.copyOf(columns);
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
