package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What to do today: a few sentences made from numbers, the most urgent first. The texts under
 * {@code today.} and a task's kind have its words.
 *
 * @param asOf when the clients were counted, by the database's clock
 */
public record Today(Instant asOf, List<Task> tasks) {

  private static final int MAX_TASKS = 3;
  private static final int RECENT_DAYS = 7;

  /** What a task is about. */
  public enum Kind {
    /** Outreach is switched off. */
    PAUSED,
    /** Clients who ordered often are at risk. */
    SLIPPING,
    /** Emails are ready and not sent. */
    WAITING,
    /** Clients who ordered often are at risk and do not consent to emails. */
    NO_CONSENT,
    /** Emails could not be delivered. */
    FAILED,
    /** Clients ordered after an email. */
    CAME_BACK
  }

  /**
   * A sentence.
   *
   * @param count what it is mostly about
   * @param amount money in the currency of the overview; null if none belongs to it
   * @param parts further counts that its words name
   * @param link path of the list behind it
   */
  public record Task(Kind kind, long count, BigDecimal amount, List<Long> parts, String link) {}

  /**
   * Clients at risk who ordered often, and the emails that wait.
   *
   * @param clients how many they are
   * @param stake their value at stake; null if no model says what an order is worth
   * @param emailed those who were emailed about this risk
   * @param waiting those whose email is written and not sent
   * @param contactable those who may be emailed now and have no email about this risk
   * @param withoutConsent those who do not consent to emails
   * @param stakeWithoutConsent their value at stake
   * @param held ready emails that quiet hours or the day's cap hold back
   */
  record Counts(
      Instant asOf,
      boolean paused,
      long clients,
      BigDecimal stake,
      long emailed,
      long waiting,
      long contactable,
      long withoutConsent,
      BigDecimal stakeWithoutConsent,
      long held) {}

  static Today of(Counts counts, OutreachCounts outreach) {
    Period week = new Period(RECENT_DAYS, outreach.asOf());
    List<Task> tasks = new ArrayList<>();
    if (counts.paused()) {
      tasks.add(
          new Task(
              Kind.PAUSED, outreach.queue().waiting(), null, List.of(), "/emails?status=READY"));
    }
    if (counts.clients() > 0) {
      tasks.add(
          new Task(
              Kind.SLIPPING,
              counts.clients(),
              counts.stake(),
              List.of(counts.emailed(), counts.waiting(), counts.contactable()),
              "/at-risk?segment=CANT_LOSE"));
    }
    if (outreach.queue().waiting() > 0) {
      tasks.add(
          new Task(
              Kind.WAITING,
              outreach.queue().waiting(),
              null,
              List.of(counts.held()),
              "/emails?status=READY"));
    }
    if (counts.withoutConsent() > 0) {
      tasks.add(
          new Task(
              Kind.NO_CONSENT,
              counts.withoutConsent(),
              counts.stakeWithoutConsent(),
              List.of(),
              "/at-risk?segment=CANT_LOSE&consent=false"));
    }
    long failed =
        outreach.emails().stream()
            .filter(day -> week.has(day.day()) && day.status().equals("FAILED"))
            .mapToLong(OutreachCounts.EmailDay::count)
            .sum();
    if (failed > 0) {
      tasks.add(new Task(Kind.FAILED, failed, null, List.of(), "/emails?status=FAILED"));
    }
    long cameBack =
        outreach.outcomes().stream()
            .filter(day -> day.decision().equals("EMAIL"))
            .filter(day -> week.has(day.day().plusDays(OutreachCountsQuery.OUTCOME_DAYS)))
            .mapToLong(OutcomeDay::reactivated)
            .sum();
    if (cameBack > 0) {
      tasks.add(new Task(Kind.CAME_BACK, cameBack, null, List.of(), "/experiments"));
    }
    return new Today(counts.asOf(), tasks.subList(0, Math.min(MAX_TASKS, tasks.size())));
  }
}
