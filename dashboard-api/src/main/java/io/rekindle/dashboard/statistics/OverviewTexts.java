package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.ui.ViewContext;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes the numbers of an overview for a viewer.
 *
 * @param currency of all amounts; null if the policy has none
 * @param usdRate what a US dollar is worth in it; null if it is not known
 */
public record OverviewTexts(ViewContext v, String currency, BigDecimal usdRate) {

  /** A number in its unit; a dash for null. */
  public String number(Kpi.Unit unit, Double value) {
    return switch (unit) {
      case COUNT -> v.n(value, 0);
      case MONEY -> v.money(value, currency);
      case POINTS -> v.signed(value, 1);
    };
  }

  /** A cost, in the shop's currency if the policy has a rate for it, else in US dollars. */
  public String cost(BigDecimal usd) {
    return usdRate == null ? v.money(usd, "USD") : v.money(usd.multiply(usdRate), currency);
  }

  /** The words of a number's reservation. */
  public String note(Kpi kpi) {
    String key = "kpi.note." + kpi.note();
    return v.has(key) ? v.t(key, Objects.requireNonNullElse(kpi.noteNumber(), 0L)) : kpi.note();
  }

  /** A task as a sentence. */
  public String task(Today.Task task) {
    List<Object> numbers = new ArrayList<>();
    numbers.add(task.count());
    numbers.add(v.money(task.amount(), currency));
    numbers.addAll(task.parts());
    String key = "today." + task.kind();
    boolean plain = task.amount() == null && v.has(key + ".noAmount");
    return v.t(plain ? key + ".noAmount" : key, numbers.toArray());
  }
}
