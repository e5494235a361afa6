package io.rekindle.dashboard.live;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rekindle.dashboard.database.Points;
import io.rekindle.dashboard.pipeline.PipelineProgress;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Reads from the database the events since the last call. Not thread-safe. */
final class LiveEventPoller {

  /** The most changes that one event lists; its count covers all. */
  private static final int MAX_REPORTED = 100;

  private final Jdbi jdbi;
  private final ProgressQuery progress;

  /** The last reported status of each email, for longer than {@link #emails()} looks back. */
  private final Cache<String, String> emailsReported =
      Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build();

  private Instant reportedUntil;

  /**
   * An event for pages.
   *
   * @param name scores, emails or pipeline
   * @param data any object with a JSON form
   */
  record Event(String name, Object data) {}

  /**
   * Score changes.
   *
   * @param count how many there were, more than are listed perhaps
   * @param enteredAtRisk how many of the listed were not at risk before
   */
  record Scores(int count, long enteredAtRisk, List<ScoreChange> changes) {}

  /** One of them. */
  record ScoreChange(
      String userId,
      Instant asOf,
      @Points BigDecimal score,
      @Points BigDecimal previousScore,
      String band,
      String segment,
      boolean atRisk,
      boolean enteredAtRisk,
      String cause) {}

  /** Emails that were written, sent or given up. */
  record Emails(List<Email> changes) {}

  /** One of them. */
  record Email(String emailId, String userId, String subject, String status, Instant at) {}

  LiveEventPoller(Jdbi jdbi, ProgressQuery progress) {
    this.jdbi = jdbi;
    this.progress = progress;
  }

  /** Starts again at now: events that occurred while no page was connected are not sent. */
  void reset() {
    reportedUntil = null;
  }

  List<Event> next() {
    List<Event> events = new ArrayList<>();
    PipelineProgress reached = progress.read();
    Instant until = reached.scoredUntil();
    boolean first = reportedUntil == null;
    if (until != null && !first && until.isAfter(reportedUntil)) {
      Scores scores = scores(reportedUntil, until);
      if (scores.count() > 0) {
        events.add(new Event("scores", scores));
      }
    }
    List<Email> emails = emails();
    emails.removeIf(
        email ->
            email.status().equals(emailsReported.asMap().put(email.emailId(), email.status())));
    if (!emails.isEmpty() && !first) {
      events.add(new Event("emails", new Emails(emails)));
    }
    events.add(new Event("pipeline", reached));
    // All score updates up to there are stored, so nothing will appear behind it.
    reportedUntil = until == null ? Instant.EPOCH : until;
    return events;
  }

  private Scores scores(Instant from, Instant until) {
    return jdbi.withHandle(
        handle -> {
          List<ScoreChange> changes =
              handle
                  .createQuery(
                      """
                      select user_id, as_of, score, previous_score, band, segment, at_risk,
                             at_risk and previous_at_risk is not true and cause <> 'BACKFILL'
                               as entered_at_risk, cause
                      from engagement.score_history
                      where as_of > :from and as_of <= :until
                      order by as_of desc limit :limit
                      """)
                  .bind("from", from)
                  .bind("until", until)
                  .bind("limit", MAX_REPORTED)
                  .mapTo(ScoreChange.class)
                  .list();
          int count = changes.size();
          if (count == MAX_REPORTED) {
            count =
                handle
                    .createQuery(
                        """
                        select count(*) from engagement.score_history
                        where as_of > :from and as_of <= :until
                        """)
                    .bind("from", from)
                    .bind("until", until)
                    .mapTo(Integer.class)
                    .one();
          }
          return new Scores(
              count, changes.stream().filter(ScoreChange::enteredAtRisk).count(), changes);
        });
  }

  /** The emails of the last half minute, since a row becomes visible only after its own time. */
  private List<Email> emails() {
    return new ArrayList<>(
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select email_id, user_id, subject, status,
                               coalesce(sent_at, generated_at) as at
                        from engagement.emails
                        where generated_at > now() - interval '30 seconds'
                           or sent_at > now() - interval '30 seconds'
                        order by at desc limit :limit
                        """)
                    .bind("limit", MAX_REPORTED)
                    .mapTo(Email.class)
                    .list()));
  }
}
