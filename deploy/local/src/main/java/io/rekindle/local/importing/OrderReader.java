package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads orders by a {@link Preset}. */
final class OrderReader implements RowReader<OrderRow> {

  static final String DEFAULT_CURRENCY = "EUR";

  private static final int MAX_TEXT_LENGTH = 10_000;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Set<String> GUESTS = Set.of("0", "guest", "-1");
  private static final String NO_CLIENT = "guests without an address, so without a client";

  private final Preset.Orders preset;
  private final boolean own;
  private final String defaultCurrency;
  private final Columns columns;
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
  private final Set<String> written = new LinkedHashSet<>();

  /**
   * @throws io.rekindle.local.terminal.Failure if the file lacks a column
   */
  OrderReader(Preset of, CsvFile file, String namedCurrency) {
    preset = of.orders();
    own = of.source() == Source.REKINDLE;
    defaultCurrency = namedCurrency == null ? DEFAULT_CURRENCY : namedCurrency;
    columns = new Columns(file);
    if (own) {
      file.require(missingOnly());
    }
    orderId = columns.require(preset.orderId());
    userId = columns.find(preset.userId());
    email = columns.find(preset.email());
    if (userId == Columns.NONE && email == Columns.NONE) {
      throw file.missing(
          "that names the client (%s)"
              .formatted(
                  String.join(
                      " or ",
                      Stream.concat(preset.userId().stream(), preset.email().stream()).toList())));
    }
    placedAt = columns.require(preset.placedAt());
    lineTotal = columns.find(preset.lineTotal());
    amount =
        lineTotal == Columns.NONE
            ? columns.require(preset.amount())
            : columns.find(preset.amount());
    lineRefunded = columns.find(preset.lineRefunded());
    refundedAmount = columns.find(preset.refundedAmount());
    currency = columns.find(preset.currency());
    status = columns.find(preset.status());
    category = own ? columns.find(List.of("category")) : Columns.NONE;
    cancelledAt = columns.find(preset.cancelledAt());
    refundedAt = columns.find(preset.refundedAt());
    mode = columns.find(preset.mode());
    lineName = columns.find(preset.lineName());
    lineSku = columns.find(preset.lineSku());
    lineQuantity = columns.find(preset.lineQuantity());
    linePrice = columns.find(preset.linePrice());
    written.addAll(List.of("order_id", "user_id", "placed_at", "amount"));
    write("currency", currency != Columns.NONE || namedCurrency != null);
    write("status", status != Columns.NONE || cancelledAt != Columns.NONE);
    // A status may tell of a refund.
    write("refunded_amount", refundedAmount != Columns.NONE || sums() || (!own && status >= 0));
    write("category", category != Columns.NONE);
    write("cancelled_at", cancelledAt != Columns.NONE);
    write("refunded_at", refundedAt != Columns.NONE);
  }

  /** Our own columns that the file lacks under every spelling. */
  private Set<String> missingOnly() {
    Set<String> missing = new LinkedHashSet<>();
    for (String name : preset.signature()) {
      if (!columns.has(name)) {
        missing.add(name);
      }
    }
    return missing;
  }

  private void write(String column, boolean is) {
    if (is) {
      written.add(column);
    }
  }

  @Override
  public Parsed<OrderRow> read(RowFields fields) throws InvalidValueException {
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
  public String idOf(RowFields fields) {
    return fields.raw(orderId);
  }

  @Override
  public Instant time(OrderRow row) {
    return row.placedAt();
  }

  @Override
  public Set<String> written() {
    return written;
  }

  @Override
  public Set<String> unknownColumns() {
    return own ? columns.unused() : Set.of();
  }

  @Override
  public boolean severalRowsEach() {
    return preset.lines() != Preset.Lines.NONE;
  }

  @Override
  public boolean sums() {
    return amount == Columns.NONE;
  }

  /** Whether the file names the currency of its amounts. */
  boolean namesCurrency() {
    return currency != Columns.NONE;
  }

  @Override
  public boolean exactAmounts() {
    return own;
  }
}
