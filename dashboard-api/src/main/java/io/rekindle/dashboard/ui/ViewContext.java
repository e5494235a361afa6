package io.rekindle.dashboard.ui;

import com.fasterxml.jackson.databind.JsonNode;
import gg.jte.Content;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.UrlPart;
import io.rekindle.dashboard.web.list.ListUrl;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The viewer of a page, and the ways in which templates write texts, times, numbers and icons. For
 * one request.
 */
public final class ViewContext {

  private static final String DASH = "–";

  /** The most characters of a value that stands in a line. */
  private static final int MAX_SHORT = 80;

  private final Messages messages;
  private final ViewerLocale viewer;
  private final Assets assets;
  private final Principal principal;
  private final String theme;
  private final String path;
  private final ListUrl listUrl;
  private final Instant now;
  private final PauseNotice pause;

  ViewContext(
      Messages messages,
      ViewerLocale viewer,
      Assets assets,
      RequestInfo request,
      PauseNotice pause) {
    this.pause = pause;
    this.messages = messages;
    this.viewer = viewer;
    this.assets = assets;
    this.principal = request.principal();
    String chosen = request.theme();
    this.theme = "light".equals(chosen) || "dark".equals(chosen) ? chosen : null;
    this.path = request.pathWithQuery();
    this.listUrl = ListUrl.of(request);
    this.now = Instant.now();
  }

  public String t(String key, Object... arguments) {
    return messages.get(key, arguments);
  }

  /** The name of a machine's code; a dash for null. */
  public String name(String kind, String code) {
    return code == null ? DASH : messages.name(kind, code);
  }

  public boolean has(String key) {
    return messages.has(key);
  }

  public String lang() {
    return messages.locale().toLanguageTag();
  }

  /** Null while outreach is not paused. */
  public PauseNotice pause() {
    return pause;
  }

  /** The zone in which times are written; null as long as the browser has not told its own. */
  public String zone() {
    return viewer.zoneKnown() ? viewer.zone().getId() : null;
  }

  /** The tags of the languages and regions that a viewer can choose. */
  public List<String> locales() {
    return ViewerLocale.OFFERED;
  }

  /** The tag that the viewer chose; null if the browser's languages decide. */
  public String chosenLocale() {
    return viewer.chosen();
  }

  /** Null for the browser's own choice. */
  public String theme() {
    return theme;
  }

  /** The address of this page with its query. */
  public String path() {
    return path;
  }

  /** The address of this page as a list. */
  public ListUrl listUrl() {
    return listUrl;
  }

  public String asset(String name) {
    return assets.path(name);
  }

  public String user() {
    return principal.name();
  }

  public Role role() {
    return principal.role();
  }

  public String csrfToken() {
    return principal == null ? null : principal.csrfToken();
  }

  /** Whether the viewer has at least the rights of an analyst. */
  public boolean analyst() {
    return principal != null && principal.is(Role.ANALYST);
  }

  public boolean admin() {
    return principal != null && principal.is(Role.ADMIN);
  }

  /** The texts under a prefix as JSON, for scripts. */
  public String labels(String prefix) {
    return json(messages.under(prefix));
  }

  /** The texts under a prefix. */
  public Map<String, String> texts(String prefix) {
    return messages.under(prefix);
  }

  /** Nothing for null. */
  public String blank(Object value) {
    return value == null ? "" : value.toString();
  }

  /**
   * As JSON that may stand in an attribute or, without being the end of it, in a script element.
   */
  public String json(Object value) {
    return Json.write(value).replace("<", "\\u003c");
  }

  /** JSON as the body of a script element. */
  public Content script(Object value) {
    String json = json(value);
    return out -> out.writeContent(json);
  }

  /** The version of what a form edits, which its change brings back. */
  public String version(Object edited) {
    return EntityTag.of(edited);
  }

  /** A value in one line, shortened if it is long; a dash if there is none. */
  public String shortJson(JsonNode value) {
    if (value == null || value.isNull()) {
      return DASH;
    }
    String text = value.isTextual() ? value.textValue() : value.toString();
    return text.length() <= MAX_SHORT ? text : text.substring(0, MAX_SHORT) + "…";
  }

  /** For people to read, with indents. */
  public String pretty(Object value) {
    return Json.pretty(value);
  }

  /** Encodes a part of an address. */
  public String url(String part) {
    return UrlPart.encode(part);
  }

  /** An icon that says nothing by itself. */
  public Content icon(String name) {
    String href = asset("icons.svg") + "#" + name;
    return out ->
        out.writeContent(
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"" + href + "\"/></svg>");
  }

  /**
   * Date and time in the viewer's zone. In UTC, which it then says, before the browser has told its
   * zone: the script of the page writes it anew.
   */
  public Content time(Instant instant) {
    return time(
        instant,
        "time",
        instant == null
            ? null
            : written(
                    DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT),
                    instant)
                + utc());
  }

  /** The date only. */
  public Content date(Instant instant) {
    return time(
        instant,
        "date",
        instant == null
            ? null
            : written(DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM), instant));
  }

  /** How long ago or until then. */
  public Content ago(Instant instant) {
    return time(instant, "ago", instant == null ? null : agoText(instant));
  }

  /** The time of day, with seconds. */
  public Content clock(Instant instant) {
    return time(
        instant,
        "clock",
        instant == null
            ? null
            : written(DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM), instant) + utc());
  }

  private String written(DateTimeFormatter format, Instant instant) {
    return format.withLocale(messages.locale()).withZone(viewer.zone()).format(instant);
  }

  private String utc() {
    return viewer.zoneKnown() ? "" : " UTC";
  }

  /** In the words of the script of the page, which keeps them true as time passes. */
  private String agoText(Instant instant) {
    long seconds = Duration.between(now, instant).toMillis() / 1_000;
    long size = Math.abs(seconds);
    AgoUnit unit =
        Arrays.stream(AgoUnit.values()).filter(one -> size >= one.least).findFirst().orElseThrow();
    String key = "ago." + unit.name().toLowerCase(Locale.ROOT);
    return t(key + (seconds > 0 ? ".ahead" : ".past"), size / unit.seconds);
  }

  /** The units of {@code ago} in app.js: each from so many seconds on. */
  private enum AgoUnit {
    YEAR(31_557_600, 63_115_200),
    MONTH(2_629_800, 5_184_000),
    DAY(86_400, 86_400),
    HOUR(3_600, 3_600),
    MINUTE(60, 60),
    SECOND(1, 0);

    private final long seconds;
    private final long least;

    AgoUnit(long seconds, long least) {
      this.seconds = seconds;
      this.least = least;
    }
  }

  private static Content time(Instant instant, String style, String text) {
    if (instant == null) {
      return out -> out.writeContent(DASH);
    }
    return out ->
        out.writeContent(
            "<time datetime=\""
                + instant
                + "\" data-style=\""
                + style
                + "\" title=\""
                + instant.toString().replaceFirst("(\\.\\d{3})\\d*Z", "$1Z")
                + "\">"
                + text
                + "</time>");
  }

  public String day(LocalDate day) {
    return byPattern("format.day", day);
  }

  /** A month with its year. */
  public String month(LocalDate day) {
    return byPattern("format.month", day);
  }

  /** A date with its year. */
  public String date(LocalDate day) {
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
        .withLocale(messages.locale())
        .format(day);
  }

  private String byPattern(String key, LocalDate day) {
    return DateTimeFormatter.ofPattern(t(key), messages.locale()).format(day);
  }

  /** In days, hours or minutes, whichever is the largest that there is one of. */
  public String span(Duration span) {
    long days = span.toDays();
    if (days != 0) {
      return t("span.days", days);
    }
    return span.toHours() != 0
        ? t("span.hours", span.toHours())
        : t("span.minutes", span.toMinutes());
  }

  public String spanMillis(Long millis) {
    return millis == null ? DASH : span(Duration.ofMillis(millis));
  }

  /** Whole days from then until now. */
  public long daysSince(Instant instant) {
    return Duration.between(instant, now).toDays();
  }

  /** Whether an instant lies in so many last UTC days, today included; false for null. */
  public boolean isWithinDays(Instant instant, int days) {
    return instant != null
        && !instant.isBefore(
            LocalDate.ofInstant(now, ZoneOffset.UTC)
                .minusDays(days - 1L)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC));
  }

  public String n(long number) {
    return NumberFormat.getIntegerInstance(messages.locale()).format(number);
  }

  /** A number with at most this many decimals; a dash for null. */
  public String n(Number number, int decimals) {
    if (number == null) {
      return DASH;
    }
    NumberFormat format = NumberFormat.getNumberInstance(messages.locale());
    format.setMaximumFractionDigits(decimals);
    return format.format(number).replace('-', '−');
  }

  /** With its sign; a dash for null. */
  public String signed(Number number, int decimals) {
    if (number == null) {
      return DASH;
    }
    return (number.doubleValue() > 0 ? "+" : "") + n(number, decimals);
  }

  /** A share of 0 to 1 in percent; a dash for null. */
  public String percent(Number share) {
    return share == null
        ? DASH
        : t("number.percent", n(share.doubleValue() * 100, share.doubleValue() < 0.1 ? 1 : 0));
  }

  /** Percentage points with their sign, from a difference of shares. */
  public String points(Number difference) {
    return difference == null ? DASH : signed(difference.doubleValue() * 100, 1);
  }

  /** An amount; null for the currency if it is not known, and a dash for no amount. */
  public String money(BigDecimal amount, String currency) {
    if (amount == null) {
      return DASH;
    }
    Currency known = currency == null ? null : known(currency.strip());
    if (known != null) {
      // Symbol and digits stand where the viewer's region has them.
      NumberFormat format = NumberFormat.getCurrencyInstance(messages.locale());
      format.setCurrency(known);
      format.setMinimumFractionDigits(2);
      format.setMaximumFractionDigits(2);
      return format.format(amount).replace('-', '−');
    }
    NumberFormat format = NumberFormat.getNumberInstance(messages.locale());
    format.setMinimumFractionDigits(2);
    format.setMaximumFractionDigits(2);
    String text = format.format(amount).replace('-', '−');
    return currency == null ? text : currency + "\u00a0" + text;
  }

  /** The same for an amount that is estimated. */
  public String money(Double amount, String currency) {
    return money(amount == null ? null : BigDecimal.valueOf(amount), currency);
  }

  /** Null if no such currency is known. */
  private static Currency known(String code) {
    try {
      return Currency.getInstance(code);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A number for a field of text, with the viewer's decimal sign and nothing between thousands. */
  public String field(Number number) {
    if (number == null) {
      return "";
    }
    NumberFormat format = NumberFormat.getNumberInstance(messages.locale());
    format.setGroupingUsed(false);
    format.setMaximumFractionDigits(20);
    if (number instanceof BigDecimal decimal) {
      format.setMinimumFractionDigits(Math.max(0, decimal.scale()));
    }
    return format.format(number);
  }

  /** Bytes in the largest unit that there is one of. */
  public String bytes(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double number = bytes;
    int unit = 0;
    while (number >= 1_000 && unit < units.length - 1) {
      number /= 1_000;
      unit++;
    }
    return n(number, unit == 0 ? 0 : 1) + "\u00a0" + units[unit];
  }

  public String orDash(Object value) {
    return value == null || value.toString().isBlank() ? DASH : value.toString();
  }

  /** The colour of a segment. */
  public String segmentTone(String segment) {
    return switch (Objects.requireNonNullElse(segment, "")) {
      case "CHAMPION", "LOYAL" -> "good";
      case "PROMISING", "NEW" -> "cold";
      case "NEEDS_ATTENTION" -> "warn";
      case "AT_RISK", "CANT_LOSE" -> "low";
      case "HIBERNATING", "LOST" -> "bad";
      default -> "";
    };
  }

  /** The colour of a band. */
  public String bandTone(String band) {
    return switch (Objects.requireNonNullElse(band, "")) {
      case "HEALTHY" -> "good";
      case "COOLING" -> "warn";
      case "LOW" -> "low";
      case "LAPSED" -> "bad";
      default -> "cold";
    };
  }

  /** The colour of an email's status. */
  public String statusTone(String status) {
    return switch (Objects.requireNonNullElse(status, "")) {
      case "SENT", "UP", "RUNNING", "COMPLETE", "APPROVED" -> "good";
      case "READY" -> "cold";
      case "CANCELLED", "INTERRUPTED", "WAITING" -> "warn";
      case "FAILED", "FAILING", "DOWN", "REJECTED" -> "bad";
      default -> "";
    };
  }
}
