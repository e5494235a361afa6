package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.LikePattern;
import io.rekindle.dashboard.list.ItemConsumer;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Lists emails, the newest first. Stateless. */
final class EmailListQuery {

  private static final String COLUMNS =
      """
      select e.email_id, e.user_id, u.name, u.email as address, e.subject, e.status,
             e.status_reason, e.generated_by, e.generated_at, e.sent_at,
             e.engagement_score_at_time, e.experiment_id, e.variant,
             e.generated_at as list_at, e.email_id as list_id
      """;

  private static final String FROM_FOUND =
      " from e left join shop.users u on u.user_id = e.user_id where true";

  private static final String FROM = FROM_FOUND.replace("from e", "from engagement.emails e");

  private static final String WORDS =
      "to_tsvector('simple', subject) @@ plainto_tsquery('simple', :search)";

  // Each part has its own index.
  private static final String FOUND =
      """
      with e as materialized (
        select email_id, user_id, subject, status, status_reason, generated_by, generated_at,
               sent_at, engagement_score_at_time, experiment_id, variant
        from engagement.emails
        where email_id in (
          select email_id from engagement.emails where email_id = :search
          union all
          select email_id from engagement.emails where user_id = :search
          union all
          select m.email_id from shop.users c join engagement.emails m on m.user_id = c.user_id
            where dashboard.beginning_of(c.email) = dashboard.beginning_of(:search)
              and lower(c.email) = lower(:search)
              or dashboard.beginning_of(c.name) like :start
          union all
          select email_id from engagement.emails where %s))
      """
          .formatted(WORDS);

  // The same row by row, for a search that matches so many that the next match is never far.
  private static final String MATCHES =
      " and (%s or e.email_id = :search or e.user_id = :search or lower(u.email) = lower(:search)"
              .formatted(WORDS)
          + " or dashboard.beginning_of(u.name) like :start)";

  // Looks at a five-hundredth of all emails.
  private static final String SAMPLE =
      "select count(*)" + FROM.replace("emails e", "emails e tablesample system (0.2)") + MATCHES;

  /** More matches in the sample are about 4,000 in all: a walk then finds a page sooner. */
  private static final int MAX_IN_SAMPLE = 8;

  private EmailListQuery() {}

  /** The emails after a cursor, or the newest ones without. */
  static ListPage<EmailSummary> page(Handle handle, EmailFilter filter, String cursor, int limit) {
    return keysetQuery(handle, filter).page(handle, parameters(filter), cursor, limit);
  }

  /** Hands over every email that the filter lets through; to be called in a transaction. */
  static void forEach(Handle handle, EmailFilter filter, ItemConsumer<EmailSummary> consumer)
      throws Exception {
    keysetQuery(handle, filter).forEach(handle, parameters(filter), consumer);
  }

  private static KeysetQuery<EmailSummary> keysetQuery(Handle handle, EmailFilter filter) {
    boolean found = filter.search() != null && !isInMany(handle, filter.search());
    String sql =
        (found ? FOUND : "")
            + COLUMNS
            + (found ? FROM_FOUND : FROM)
            + (filter.status() == null ? "" : " and e.status = :status")
            + byWriter(filter.generatedBy())
            + (filter.sentFrom() == null ? "" : " and e.sent_at >= :sentFrom")
            + (filter.from() == null ? "" : " and e.generated_at >= :from")
            + (filter.until() == null ? "" : " and e.generated_at < :until")
            + (filter.search() == null || found ? "" : MATCHES);
    return new KeysetQuery<>("emails", sql, EmailSummary.class);
  }

  private static String byWriter(String writer) {
    if (writer == null) {
      return "";
    }
    return writer.equals(EmailFilter.OWN)
        ? " and e.generated_by <> 'EXTERNAL'"
        : " and e.generated_by = :generatedBy";
  }

  private static Map<String, Object> parameters(EmailFilter filter) {
    Map<String, Object> parameters = new HashMap<>();
    if (filter.status() != null) {
      parameters.put("status", filter.status());
    }
    if (filter.sentFrom() != null) {
      parameters.put("sentFrom", filter.sentFrom().atOffset(ZoneOffset.UTC));
    }
    if (filter.generatedBy() != null && !filter.generatedBy().equals(EmailFilter.OWN)) {
      parameters.put("generatedBy", filter.generatedBy());
    }
    if (filter.from() != null) {
      parameters.put("from", filter.from().atOffset(ZoneOffset.UTC));
    }
    if (filter.until() != null) {
      parameters.put("until", filter.until().atOffset(ZoneOffset.UTC));
    }
    if (filter.search() != null) {
      parameters.put("search", filter.search());
      parameters.put("start", start(filter.search()));
    }
    return parameters;
  }

  private static boolean isInMany(Handle handle, String search) {
    return handle
            .createQuery(SAMPLE)
            .bind("search", search)
            .bind("start", start(search))
            .mapTo(Integer.class)
            .one()
        > MAX_IN_SAMPLE;
  }

  /** A pattern for the start of a name; fewer than three letters match no name. */
  private static String start(String search) {
    return search.length() < 3 ? "" : LikePattern.literal(search.toLowerCase(Locale.ROOT)) + "%";
  }
}
