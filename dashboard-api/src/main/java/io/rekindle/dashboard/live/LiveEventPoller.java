package io.rekindle.dashboard.live;

import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.pipeline.PipelineProgress;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;

/** Asks the database what has happened since the last time. To be used by one thread. */
final class LiveEventPoller {

  /** At most so many changes are listed in one event; the count covers them all. */
  private static final int MAX_REPORTED = 100;

  private static final int MAX_REMEMBERED = 5_000;

  private final Jdbi jdbi;
  private final ProgressQuery progress;
  private final Map<String, String> emailsReported =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };
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
      BigDecimal score,
      BigDecimal previousScore,
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
            Objects.equals(emailsReported.put(email.emailId(), email.status()), email.status()));
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
                             previous_at_risk, cause
                      from engagement.score_history
                      where as_of > :from and as_of <= :until
                      order by as_of desc limit :limit
                      """)
                  .bind("from", from)
                  .bind("until", until)
                  .bind("limit", MAX_REPORTED)
                  .map(
                      (row, context) ->
                          new ScoreChange(
                              row.getString("user_id"),
                              NullableColumns.instant(row, "as_of"),
                              NullableColumns.points(row, "score"),
                              NullableColumns.points(row, "previous_score"),
                              row.getString("band"),
                              row.getString("segment"),
                              row.getBoolean("at_risk"),
                              row.getBoolean("at_risk") && !row.getBoolean("previous_at_risk"),
                              row.getString("cause")))
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

  /** Of the last half minute, for a row becomes visible only some time after its own time. */
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
                    .map(
                        (row, context) ->
                            new Email(
                                row.getString("email_id"),
                                row.getString("user_id"),
                                row.getString("subject"),
                                row.getString("status"),
                                NullableColumns.instant(row, "at")))
                    .list()));
  }
}
