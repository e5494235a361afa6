package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.importing.Preset.OrderColumn;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads orders by a {@link Preset}. */
final class OrderReader extends RowReader<OrderRow> {

  static final String DEFAULT_CURRENCY = "EUR";

  private static final int MAX_TEXT_LENGTH = 10_000;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Set<String> GUESTS = Set.of("0", "guest", "-1");
  private static final String NO_CLIENT = "guests without an address, so without a client";

  private final Preset.Orders preset;
  private final String defaultCurrency;
  private final int orderId;
  private final int userId;
  private final int email;
  private final int placedAt;
  private final int amount;
  private final int refundedAmount;
  private final int currency;
  private final int status;
  private final int category;
  private final int cancelledAt;
  private final int refundedAt;
  private final int mode;
  private final int lineName;
  private final int lineSku;
  private final int lineQuantity;
  private final int linePrice;
  private final int lineTotal;
  private final int lineRefunded;

  /**
   * @throws io.rekindle.local.terminal.Failure if the file lacks a column
   */
  OrderReader(Preset of, CsvFile file, String namedCurrency) {
    super(file, of.source(), of.orders().signature());
    preset = of.orders();
    defaultCurrency = namedCurrency == null ? DEFAULT_CURRENCY : namedCurrency;
    orderId = columns.require(preset.names(OrderColumn.ORDER_ID));
    userId = columns.find(preset.names(OrderColumn.USER_ID));
    email = columns.find(preset.names(OrderColumn.EMAIL));
    if (userId == Columns.NONE && email == Columns.NONE) {
      throw file.missing(
          "that names the client (%s)"
              .formatted(
                  String.join(
                      " or ",
                      Stream.concat(
                              preset.names(OrderColumn.USER_ID).stream(),
                              preset.names(OrderColumn.EMAIL).stream())
                          .toList())));
    }
    placedAt = columns.require(preset.names(OrderColumn.PLACED_AT));
    lineTotal = columns.find(preset.names(OrderColumn.LINE_TOTAL));
    amount =
        lineTotal == Columns.NONE
            ? columns.require(preset.names(OrderColumn.AMOUNT))
            : columns.find(preset.names(OrderColumn.AMOUNT));
    lineRefunded = columns.find(preset.names(OrderColumn.LINE_REFUNDED));
    refundedAmount = columns.find(preset.names(OrderColumn.REFUNDED_AMOUNT));
    currency = columns.find(preset.names(OrderColumn.CURRENCY));
    status = columns.find(preset.names(OrderColumn.STATUS));
    category = own ? columns.find(List.of("category")) : Columns.NONE;
    cancelledAt = columns.find(preset.names(OrderColumn.CANCELLED_AT));
    refundedAt = columns.find(preset.names(OrderColumn.REFUNDED_AT));
    mode = columns.find(preset.names(OrderColumn.MODE));
    lineName = columns.find(preset.names(OrderColumn.LINE_NAME));
    lineSku = columns.find(preset.names(OrderColumn.LINE_SKU));
    lineQuantity = columns.find(preset.names(OrderColumn.LINE_QUANTITY));
    linePrice = columns.find(preset.names(OrderColumn.LINE_PRICE));
    writes(true, "order_id", "user_id", "placed_at", "amount");
    writes(currency != Columns.NONE || namedCurrency != null, "currency");
    writes(status != Columns.NONE || cancelledAt != Columns.NONE, "status");
    // A status may tell of a refund.
    writes(refundedAmount != Columns.NONE || sums() || (!own && status >= 0), "refunded_amount");
    writes(category != Columns.NONE, "category");
    writes(cancelledAt != Columns.NONE, "cancelled_at");
    writes(refundedAt != Columns.NONE, "refunded_at");
  }

  @Override
  Parsed<OrderRow> read(RowFields fields) throws InvalidValueException {
    String id = fields.id(orderId);
    OrderLine line = line(fields);
    if (preset.lines() == Preset.Lines.FIRST_ROW_HAS_ORDER && isContinuation(fields)) {
      return Parsed.continuation(id, line);
    }
    if (fields.text(mode, "live").equalsIgnoreCase("test")) {
      return Parsed.leftOut(id, "payments of a test");
    }
    String code = currency(fields);
    OrderState state = state(fields);
    if (state == OrderState.UNFINISHED) {
      return Parsed.leftOut(id, "drafts and orders that await their payment");
    }
    String client = client(fields);
    if (client == null) {
      return Parsed.leftOut(id, NO_CLIENT);
    }
    Instant placed = fields.time(placedAt, preset.utc());
    BigDecimal total =
        sums() ? fields.amount(lineTotal, null, code) : fields.amount(amount, null, code);
    BigDecimal refunded =
        fields.amount(sums() ? lineRefunded : refundedAmount, BigDecimal.ZERO, code);
    if (state == OrderState.REFUNDED && refunded.signum() == 0) {
      refunded = total;
    }
    Instant cancelled = fields.timeOrNull(cancelledAt, preset.utc());
    boolean effective = state != OrderState.CANCELLED && (own || cancelled == null);
    return Parsed.row(
        id,
        new OrderRow(
            id,
            client,
            placed,
            total,
            refunded,
            code,
            effective ? "PLACED" : "CANCELLED",
            fields.text(category, null, MAX_TEXT_LENGTH),
            cancelled,
            fields.timeOrNull(refundedAt, preset.utc())),
        line);
  }

  private boolean isContinuation(RowFields fields) {
    return !fields.has(amount) && !fields.has(status) && !fields.has(currency);
  }

  /** The client's id, or the address of a guest; null if there is neither. */
  private String client(RowFields fields) throws InvalidValueException {
    String id = fields.idOrNull(userId);
    if (id != null && !GUESTS.contains(id.toLowerCase(Locale.ROOT))) {
      return id;
    }
    String address = Addresses.asId(fields, email);
    if (address == null && own && id == null) {
      return fields.id(userId);
    }
    return address;
  }

  private OrderState state(RowFields fields) throws InvalidValueException {
    String text = fields.text(status, null);
    if (text == null) {
      return OrderState.PLACED;
    }
    if (own) {
      return switch (text.toUpperCase(Locale.ROOT)) {
        case "PLACED" -> OrderState.PLACED;
        case "CANCELLED" -> OrderState.CANCELLED;
        default -> throw fields.wrong(status, text, "write PLACED or CANCELLED");
      };
    }
    String key = text.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ').strip();
    Map<String, OrderState> known = preset.statuses();
    OrderState state = known.get(key.startsWith("wc ") ? key.substring(3) : key);
    if (state == null) {
      fields.findings().unknownStatus(text, fields.line());
      return OrderState.PLACED;
    }
    return state;
  }

  private String currency(RowFields fields) throws InvalidValueException {
    String text = fields.text(currency, defaultCurrency);
    String code = text.toUpperCase(Locale.ROOT);
    if (!CURRENCY.matcher(code).matches()) {
      throw fields.wrong(currency, text, "write a code of three letters such as EUR");
    }
    return code;
  }

  private OrderLine line(RowFields fields) {
    if (!fields.has(lineName) && !fields.has(lineSku)) {
      return null;
    }
    return new OrderLine(
        fields.raw(lineName),
        fields.raw(lineSku),
        fields.numberOrNull(lineQuantity),
        fields.numberOrNull(linePrice));
  }

  @Override
  String idOf(RowFields fields) {
    return fields.raw(orderId);
  }

  @Override
  Instant time(OrderRow row) {
    return row.placedAt();
  }

  @Override
  boolean severalRowsEach() {
    return preset.lines() != Preset.Lines.NONE;
  }

  @Override
  boolean sums() {
    return amount == Columns.NONE;
  }

  /** Whether the file names the currency of its amounts. */
  boolean namesCurrency() {
    return currency != Columns.NONE;
  }
}
