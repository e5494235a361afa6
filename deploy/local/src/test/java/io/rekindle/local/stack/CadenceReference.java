package io.rekindle.local.stack;

import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * The score cadence-v1 straight from its definition on paper, by brute force and with nothing of
 * the code that it is to check. When something changes is found by trying instants: as long as no
 * order comes, every factor only falls, so halving an interval finds the first instant of a change.
 */
final class CadenceReference {

  private static final long DAY = Duration.ofDays(1).toMillis();

  /** By then the last tier of every factor has been reached. */
  private static final long AGES = 5_000 * DAY;

  /**
   * An order that counts.
   *
   * @param placedAt epoch milliseconds, not after the instants that are asked about
   * @param net what was paid and not given back, in hundredths; positive
   */
  record Order(long placedAt, long net) {}

  /** What is to be seen of a user; null where there is nothing. */
  record ExpectedScore(
      Integer score,
      Integer recency,
      Integer rhythm,
      Integer frequency,
      Integer value,
      String band,
      String segment,
      boolean atRisk,
      Long atRiskSince,
      Long nextChange,
      int orders,
      Long last) {}

  private final List<Order> orders;

  CadenceReference(List<Order> orders) {
    this.orders = orders;
  }

  ExpectedScore at(long instant) {
    if (orders.isEmpty()) {
      return new ExpectedScore(
          null, null, null, null, null, "PROSPECT", "PROSPECT", false, null, null, 0, null);
    }
    int score = score(instant);
    boolean atRisk = atRisk(instant);
    return new ExpectedScore(
        score,
        recency(instant),
        rhythm(instant),
        frequency(instant),
        value(instant),
        score >= 75 ? "HEALTHY" : score >= 50 ? "COOLING" : score >= 25 ? "LOW" : "LAPSED",
        segment(instant),
        atRisk,
        atRisk ? first(last(), instant, this::atRisk) : null,
        score(instant + AGES) == score
            ? null
            : first(instant, instant + AGES, later -> score(later) != score),
        orders.size(),
        last());
  }

  private int score(long instant) {
    return recency(instant) + rhythm(instant) + frequency(instant) + value(instant);
  }

  private int recency(long instant) {
    long silent = instant - last();
    if (silent < 14 * DAY) {
      return 30;
    }
    if (silent < 30 * DAY) {
      return 28;
    }
    if (silent < 45 * DAY) {
      return 24;
    }
    if (silent < 60 * DAY) {
      return 20;
    }
    if (silent < 90 * DAY) {
      return 15;
    }
    if (silent < 120 * DAY) {
      return 9;
    }
    return silent < 180 * DAY ? 4 : 0;
  }

  private int rhythm(long instant) {
    long twice = 2 * (instant - last());
    long gap = usualGap();
    if (twice < 2 * gap) {
      return 30;
    }
    if (twice < 3 * gap) {
      return 26;
    }
    if (twice < 4 * gap) {
      return 22;
    }
    if (twice < 6 * gap) {
      return 16;
    }
    if (twice < 8 * gap) {
      return 10;
    }
    return twice < 12 * gap ? 4 : 0;
  }

  private long usualGap() {
    NavigableSet<Long> days = days(orders);
    while (days.size() > 12) {
      days.pollFirst();
    }
    long gap = ((days.last() - days.first()) * DAY + 2 * 60 * DAY) / (days.size() - 1 + 2);
    return Math.min(180 * DAY, Math.max(7 * DAY, gap));
  }

  private int frequency(long instant) {
    int days = days(lastYear(instant)).size();
    if (days >= 10) {
      return 30;
    }
    if (days >= 7) {
      return 27;
    }
    if (days >= 5) {
      return 22;
    }
    if (days >= 3) {
      return 16;
    }
    return days == 2 ? 10 : days == 1 ? 4 : 0;
  }

  private int value(long instant) {
    long twice = 2 * lastYear(instant).stream().mapToLong(Order::net).sum();
    int points = 0;
    for (int multiple : List.of(1, 2, 4, 8, 16)) {
      points += twice >= multiple * 50_00L ? 2 : 0;
    }
    return points;
  }

  private boolean atRisk(long instant) {
    return score(instant) < 50 || score(last()) - score(instant) >= 35;
  }

  private String segment(long instant) {
    int days = days(lastYear(instant)).size();
    int daysEver = days(orders).size();
    int score = score(instant);
    boolean recent = instant - last() < 60 * DAY;
    if (days == 0 || score < 10) {
      return "LOST";
    }
    if (atRisk(instant) && days >= 3) {
      return days >= 7 ? "CANT_LOSE" : "AT_RISK";
    }
    if (score >= 80 && days >= 7) {
      return "CHAMPION";
    }
    if (score >= 65 && days >= 3) {
      return "LOYAL";
    }
    if (recent && daysEver <= 2) {
      return daysEver == 2 ? "PROMISING" : "NEW";
    }
    return score >= 50 ? "NEEDS_ATTENTION" : "HIBERNATING";
  }

  private long last() {
    return orders.stream().mapToLong(Order::placedAt).max().orElseThrow();
  }

  private List<Order> lastYear(long instant) {
    return orders.stream().filter(order -> instant - order.placedAt() < 365 * DAY).toList();
  }

  private static NavigableSet<Long> days(List<Order> orders) {
    NavigableSet<Long> days = new TreeSet<>();
    orders.forEach(order -> days.add(Math.floorDiv(order.placedAt(), DAY)));
    return days;
  }

  /** The first instant from one to another, at which it holds, where it goes on holding. */
  private static long first(long from, long to, LongPredicate holds) {
    long without = from - 1;
    long with = to;
    while (with - without > 1) {
      long middle = without + (with - without) / 2;
      if (holds.test(middle)) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return with;
  }
}
