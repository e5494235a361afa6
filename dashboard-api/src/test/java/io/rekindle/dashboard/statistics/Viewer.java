package io.rekindle.dashboard.statistics;

import java.text.NumberFormat;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Locale;

/** Someone who reads pages, and how numbers are to be written for them. */
enum Viewer {
  BRITISH_IN_TOKYO(Locale.UK, "Asia/Tokyo", "d MMM"),
  GERMAN_IN_LOS_ANGELES(Locale.GERMANY, "America/Los_Angeles", "d. MMM");

  private final Locale locale;
  private final String zone;
  private final String day;

  Viewer(Locale locale, String zone, String day) {
    this.locale = locale;
    this.zone = zone;
    this.day = day;
  }

  Locale locale() {
    return locale;
  }

  String zone() {
    return zone;
  }

  /** With at most so many decimals; a dash without a number. */
  String n(Object number, int decimals) {
    if (number == null) {
      return "–";
    }
    NumberFormat format = NumberFormat.getNumberInstance(locale);
    format.setMaximumFractionDigits(decimals);
    return format.format(number).replace('-', '−');
  }

  String n(Object number) {
    return n(number, 0);
  }

  String signed(Number number, int decimals) {
    return (number != null && number.doubleValue() > 0 ? "+" : "") + n(number, decimals);
  }

  String money(Object amount, String currency) {
    if (amount == null) {
      return "–";
    }
    NumberFormat format = NumberFormat.getCurrencyInstance(locale);
    format.setCurrency(Currency.getInstance(currency));
    return format.format(amount).replace('-', '−');
  }

  String euros(Object amount) {
    return money(amount, "EUR");
  }

  /** Of a share of 0 to 1; below ten percent with a decimal. */
  String percent(Number share) {
    return share == null
        ? "–"
        : n(share.doubleValue() * 100, share.doubleValue() < 0.1 ? 1 : 0) + " %";
  }

  /** Of a difference of shares. */
  String points(Number difference) {
    return difference == null ? "–" : signed(difference.doubleValue() * 100, 1);
  }

  String day(LocalDate date) {
    return DateTimeFormatter.ofPattern(day, locale).format(date);
  }
}
