package io.rekindle.dashboard.experiments;

import io.rekindle.scoring.experiment.AlwaysValid;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When an experiment would answer, by the part that is held out and the difference to see.
 *
 * @param clientsPerDay clients who are emailed or held out, a day
 * @param rate the part that orders within 14 days without an email, as far as is known
 * @param rateOf how many clients that is known of
 * @param ratedHeldOut whether these were held out; otherwise emailed clients are among them
 * @param suggestedShare the smallest share that answers in time; if none does, the one that answers
 *     first
 * @param options AS_ASKED first
 */
public record ExperimentPlan(
    Instant asOf,
    BigDecimal clientsPerDay,
    BigDecimal rate,
    long rateOf,
    boolean ratedHeldOut,
    BigDecimal suggestedShare,
    List<Option> options) {

  /** After the last client is decided on. */
  private static final Duration WINDOW = Duration.ofDays(14);

  /** Nothing that takes longer is planned. */
  private static final double MAX_DAYS = 36_500;

  /**
   * What is planned.
   *
   * @param difference of the rates, above 0
   * @param withinDays in which an answer is expected
   * @param holdoutShare above 0 and below 1
   * @param variants of the same size, at least 1
   */
  public record Question(
      BigDecimal difference, int withinDays, BigDecimal holdoutShare, int variants) {}

  /** Why an option is shown. */
  public enum Kind {
    /** The share and the difference that were asked for. */
    AS_ASKED,
    /** The smallest share that answers in time; absent if none does. */
    IN_TIME,
    /** The share that answers first. */
    FASTEST,
    /** The share that was asked for, and twice the difference. */
    TWICE_THE_DIFFERENCE
  }

  /**
   * One plan.
   *
   * @param clients who have to be decided on, in all groups together
   * @param answerAt when a true difference of this size will have been seen in four of five
   *     experiments; null if not within 100 years
   */
  public record Option(
      Kind kind, BigDecimal holdoutShare, BigDecimal difference, long clients, Instant answerAt) {}

  static ExperimentPlan of(Traffic traffic, Question question) {
    BigDecimal fastest = fastest(traffic, question);
    BigDecimal inTime = inTime(traffic, question, fastest);
    BigDecimal difference = question.difference();
    List<Option> options = new ArrayList<>();
    options.add(option(Kind.AS_ASKED, traffic, question, question.holdoutShare(), difference));
    if (inTime != null) {
      options.add(option(Kind.IN_TIME, traffic, question, inTime, difference));
    }
    options.add(option(Kind.FASTEST, traffic, question, fastest, difference));
    options.add(
        option(
            Kind.TWICE_THE_DIFFERENCE,
            traffic,
            question,
            question.holdoutShare(),
            difference.multiply(BigDecimal.valueOf(2))));
    return new ExperimentPlan(
        traffic.asOf(),
        BigDecimal.valueOf(traffic.clientsPerDay()).setScale(1, RoundingMode.HALF_EVEN),
        BigDecimal.valueOf(traffic.likelyRate()).setScale(4, RoundingMode.HALF_EVEN),
        traffic.clients(),
        traffic.heldOut(),
        inTime == null ? fastest : inTime,
        options);
  }

  private static BigDecimal fastest(Traffic traffic, Question question) {
    BigDecimal fastest = null;
    double fewest = Double.POSITIVE_INFINITY;
    for (int percent = 1; percent < 100; percent++) {
      BigDecimal share = BigDecimal.valueOf(percent, 2);
      double clients = clients(traffic, question, share, question.difference());
      if (clients < fewest) {
        fewest = clients;
        fastest = share;
      }
    }
    return fastest;
  }

  private static BigDecimal inTime(Traffic traffic, Question question, BigDecimal fastest) {
    for (int percent = 1; percent <= fastest.movePointRight(2).intValue(); percent++) {
      BigDecimal share = BigDecimal.valueOf(percent, 2);
      double clients = clients(traffic, question, share, question.difference());
      Duration needed = duration(traffic.clientsPerDay(), clients);
      if (needed != null && needed.compareTo(Duration.ofDays(question.withinDays())) <= 0) {
        return share;
      }
    }
    return null;
  }

  private static Option option(
      Kind kind, Traffic traffic, Question question, BigDecimal share, BigDecimal difference) {
    double clients = clients(traffic, question, share, difference);
    Duration needed = duration(traffic.clientsPerDay(), clients);
    return new Option(
        kind,
        share,
        difference,
        (long) Math.ceil(clients),
        needed == null ? null : traffic.asOf().plus(needed));
  }

  private static double clients(
      Traffic traffic, Question question, BigDecimal holdoutShare, BigDecimal difference) {
    double rate = traffic.likelyRate();
    // No rate can be moved beyond the other end.
    double seen = Math.min(difference.doubleValue(), Math.max(rate, 1 - rate) * 0.99);
    double held = holdoutShare.doubleValue();
    return AlwaysValid.plannedUsers(
        rate, seen, (1 - held) / question.variants(), held, AlwaysValid.alpha(question.variants()));
  }

  /**
   * How long it takes until so many clients more are decided on and their 14 days are over; null if
   * that is longer than 100 years.
   */
  static Duration duration(double clientsPerDay, double clients) {
    double days = clientsPerDay > 0 ? clients / clientsPerDay : Double.POSITIVE_INFINITY;
    return days > MAX_DAYS ? null : Duration.ofSeconds((long) (days * 86_400)).plus(WINDOW);
  }
}
