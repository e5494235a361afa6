package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.SentDay;
import io.rekindle.dashboard.statistics.OutreachCounts.SuppressionDay;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What became of the emails that Rekindle wrote. Those that other systems insert are counted apart.
 *
 * @param since first UTC day
 * @param written emails written since then, as are those of the lists below
 * @param sent emails that went out since then, whenever they were written
 * @param sentForOthers emails of other systems that went out since then
 * @param logged emails that were only logged, since no server to send them is set up
 * @param waiting emails of all systems that are ready now, whenever they were written
 * @param oldestWaiting when the one that waits longest was written; null if none waits
 * @param meanSecondsToSend from written to sent; null if none was sent
 * @param writtenBy LLM or TEMPLATE
 * @param fallbacks why the template wrote although a model was to
 * @param suppressed addresses and people taken off the list, by reason
 * @param modelsUsd what the models took for those written since then, in US dollars
 * @param messagesUsd what it cost to send those that went out since then, in US dollars
 */
public record Deliverability(
    Instant asOf,
    LocalDate since,
    long written,
    long sent,
    long sentForOthers,
    long logged,
    long waiting,
    Instant oldestWaiting,
    Double meanSecondsToSend,
    List<ReasonCount> cancelled,
    List<ReasonCount> failed,
    List<ReasonCount> writtenBy,
    List<ReasonCount> fallbacks,
    List<ReasonCount> suppressed,
    BigDecimal modelsUsd,
    BigDecimal messagesUsd) {

  /**
   * @param messageUsd the cost of one email that is sent, in US dollars
   */
  static Deliverability of(OutreachCounts outreach, int days, BigDecimal messageUsd) {
    LocalDate since = outreach.since(days);
    List<EmailDay> emails =
        outreach.emails().stream().filter(day -> !day.day().isBefore(since)).toList();
    Map<String, Long> states = OutreachCounts.sumBy(emails, since, EmailDay::status);
    Map<String, Long> sentBy =
        OutreachCounts.sumBy(outreach.sent(), since, day -> day.own() ? "OWN" : "OTHERS");
    long sent = sentBy.getOrDefault("OWN", 0L);
    double seconds =
        outreach.sent().stream()
            .filter(day -> day.own() && !day.day().isBefore(since))
            .mapToDouble(SentDay::seconds)
            .sum();
    return new Deliverability(
        outreach.asOf(),
        since,
        emails.stream().mapToLong(EmailDay::count).sum(),
        sent,
        sentBy.getOrDefault("OTHERS", 0L),
        states.getOrDefault("LOGGED", 0L),
        outreach.queue().waiting(),
        outreach.queue().oldest(),
        sent == 0 ? null : Math.round(seconds / sent * 10) / 10.0,
        counts(emails, day -> day.status().equals("CANCELLED"), Deliverability::reason),
        counts(emails, day -> day.status().equals("FAILED"), Deliverability::reason),
        counts(emails, day -> true, EmailDay::generatedBy),
        counts(emails, day -> day.fallbackReason() != null, EmailDay::fallbackReason),
        ReasonCount.largestFirst(
            OutreachCounts.sumBy(outreach.suppressions(), since, SuppressionDay::reason)),
        emails.stream()
            .map(EmailDay::costUsd)
            .filter(Objects::nonNull)
            .reduce(BigDecimal.ZERO, BigDecimal::add),
        messageUsd.multiply(BigDecimal.valueOf(sent)));
  }

  private static String reason(EmailDay day) {
    return day.reason() == null ? "UNKNOWN" : day.reason();
  }

  private static List<ReasonCount> counts(
      List<EmailDay> emails, Predicate<EmailDay> counted, Function<EmailDay, String> key) {
    return ReasonCount.largestFirst(
        OutreachCounts.sumBy(emails.stream().filter(counted).toList(), LocalDate.MIN, key));
  }
}
