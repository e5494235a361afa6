package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.list.KeysetQuery;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.dashboard.web.list.ListResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads emails. Thread-safe. */
public final class EmailService {

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

  // Each part by an index of its own; a name by how it starts.
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
            where lower(c.email) = lower(:search) or lower(c.name) like :start
          union all
          select email_id from engagement.emails where %s))
      """
          .formatted(WORDS);

  // The same one by one, for what is in so many that the next is never far.
  private static final String MATCHES =
      " and (%s or e.email_id = :search or e.user_id = :search or lower(u.email) = lower(:search)"
              .formatted(WORDS)
          + " or lower(u.name) like :start)";

  // Of a five-hundredth of all emails.
  private static final String SAMPLE =
      "select count(*)" + FROM.replace("emails e", "emails e tablesample system (0.2)") + MATCHES;

  /** More in the sample are about four thousand in all: longer to look up than the next is far. */
  private static final int MAX_IN_SAMPLE = 8;

  private static final String ONE =
      COLUMNS.strip()
          + ", e.preheader, e.html, e.text, e.message_id, e.episode_id, e.decision_id"
          + FROM
          + " and e.email_id = :id";

  private static final String EXPLANATION =
      """
      select e.email_id, e.user_id, e.status, e.status_reason, e.generated_by, e.generated_at,
             e.model_asked, e.model, e.prompt_version, e.schema_version, e.fallback_reason,
             e.prompt_tokens, e.completion_tokens, e.cost_usd, e.latency_ms, e.calls,
             e.checks::text as checks, e.sent_at, e.message_id,
             d.decision_id, d.decision, d.reason, d.decided_at, d.score, d.policy_version,
             d.experiment_id, d.arm, d.inputs::text as inputs, r.opened_at,
             v.attempts, v.next_attempt_at, v.last_error, v.last_reply, v.accepted_at,
             o.window_ends_at, o.window_closed, o.reactivated, o.reactivated_at, o.orders, o.revenue
      from engagement.emails e
      left join engagement.outreach_decisions d on d.episode_id = e.episode_id
      left join engagement.risk_episodes r on r.episode_id = e.episode_id
      left join engagement.deliveries v on v.email_id = e.email_id
      left join engagement.email_outcomes o on o.decision_id = d.decision_id
      where e.email_id = :id
      """;

  private final Jdbi jdbi;

  public EmailService(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What to look for; every part may be null, and then excludes nothing.
   *
   * @param from written at or after this
   * @param until written before this
   * @param search words of the subject, an id of the email or the client, the client's address, or
   *     how the client's name starts
   */
  public record Filter(
      String status, String generatedBy, Instant from, Instant until, String search) {}

  /** The newest first. */
  public ListPage<EmailSummary> page(Filter filter, String cursor, int limit) {
    return jdbi.withHandle(
        handle -> keysetQuery(handle, filter).page(handle, parameters(filter), cursor, limit));
  }

  /** All that the filter lets through, the newest first; to be called in a transaction. */
  static void forEach(
      Handle handle, Filter filter, ListResponse.ItemConsumer<EmailSummary> consumer)
      throws Exception {
    keysetQuery(handle, filter).forEach(handle, parameters(filter), consumer);
  }

  private static KeysetQuery<EmailSummary> keysetQuery(Handle handle, Filter filter) {
    boolean found = filter.search() != null && !isInMany(handle, filter.search());
    String sql =
        (found ? FOUND : "")
            + COLUMNS
            + (found ? FROM_FOUND : FROM)
            + (filter.status() == null ? "" : " and e.status = :status")
            + (filter.generatedBy() == null ? "" : " and e.generated_by = :generatedBy")
            + (filter.from() == null ? "" : " and e.generated_at >= :from")
            + (filter.until() == null ? "" : " and e.generated_at < :until")
            + (filter.search() == null || found ? "" : MATCHES);
    return new KeysetQuery<>("emails", sql, (row, context) -> summary(row));
  }

  private static Map<String, Object> parameters(Filter filter) {
    Map<String, Object> parameters = new HashMap<>();
    if (filter.status() != null) {
      parameters.put("status", filter.status());
    }
    if (filter.generatedBy() != null) {
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

  /** A pattern for how a name starts; too little to start with matches nobody. */
  private static String start(String search) {
    return search.length() < 3
        ? ""
        : search.toLowerCase(Locale.ROOT).replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }

  /** Empty if there is no such email. */
  public Optional<EmailDetail> byId(String emailId) {
    return jdbi.withHandle(
        handle ->
            handle.createQuery(ONE).bind("id", emailId).map((row, ctx) -> view(row)).findOne());
  }

  /** Empty if there is no such email. */
  public Optional<EmailExplanation> explanation(String emailId) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(EXPLANATION)
                .bind("id", emailId)
                .map((row, ctx) -> explanation(row))
                .findOne());
  }

  private static EmailSummary summary(ResultSet row) throws SQLException {
    return new EmailSummary(
        row.getString("email_id"),
        row.getString("user_id"),
        row.getString("name"),
        row.getString("address"),
        row.getString("subject"),
        row.getString("status"),
        row.getString("status_reason"),
        row.getString("generated_by"),
        NullableColumns.instant(row, "generated_at"),
        NullableColumns.instant(row, "sent_at"),
        NullableColumns.points(row, "engagement_score_at_time"),
        row.getString("experiment_id"),
        row.getString("variant"));
  }

  private static EmailDetail view(ResultSet row) throws SQLException {
    return new EmailDetail(
        row.getString("email_id"),
        row.getString("user_id"),
        row.getString("name"),
        row.getString("address"),
        row.getString("subject"),
        row.getString("preheader"),
        row.getString("html"),
        row.getString("text"),
        row.getString("status"),
        row.getString("status_reason"),
        row.getString("generated_by"),
        NullableColumns.instant(row, "generated_at"),
        NullableColumns.instant(row, "sent_at"),
        row.getString("message_id"),
        NullableColumns.points(row, "engagement_score_at_time"),
        row.getString("episode_id"),
        row.getString("decision_id"),
        row.getString("experiment_id"),
        row.getString("variant"));
  }

  private static EmailExplanation explanation(ResultSet row) throws SQLException {
    boolean waiting = row.getString("status").equals("READY");
    return new EmailExplanation(
        row.getString("email_id"),
        row.getString("user_id"),
        decision(row),
        new EmailExplanation.Writing(
            row.getString("generated_by"),
            NullableColumns.instant(row, "generated_at"),
            row.getString("model_asked"),
            row.getString("model"),
            row.getString("prompt_version"),
            row.getString("schema_version"),
            row.getString("fallback_reason"),
            row.getObject("prompt_tokens", Integer.class),
            row.getObject("completion_tokens", Integer.class),
            row.getBigDecimal("cost_usd"),
            row.getObject("latency_ms", Long.class),
            row.getObject("calls", Integer.class),
            Json.column(row.getString("checks"))),
        new EmailExplanation.Delivery(
            row.getString("status"),
            row.getString("status_reason"),
            row.getInt("attempts"),
            waiting ? NullableColumns.instant(row, "next_attempt_at") : null,
            row.getString("last_error"),
            row.getString("last_reply"),
            NullableColumns.instant(row, "accepted_at"),
            NullableColumns.instant(row, "sent_at"),
            row.getString("message_id")),
        outcome(row));
  }

  private static EmailExplanation.Decision decision(ResultSet row) throws SQLException {
    if (row.getString("decision_id") == null) {
      return null;
    }
    return new EmailExplanation.Decision(
        row.getString("decision_id"),
        row.getString("decision"),
        row.getString("reason"),
        NullableColumns.instant(row, "decided_at"),
        NullableColumns.instant(row, "opened_at"),
        NullableColumns.points(row, "score"),
        row.getString("policy_version"),
        row.getString("experiment_id"),
        row.getString("arm"),
        Json.column(row.getString("inputs")));
  }

  private static EmailExplanation.DecisionOutcome outcome(ResultSet row) throws SQLException {
    if (NullableColumns.instant(row, "window_ends_at") == null) {
      return null;
    }
    return new EmailExplanation.DecisionOutcome(
        NullableColumns.instant(row, "window_ends_at"),
        row.getBoolean("window_closed"),
        row.getBoolean("reactivated"),
        NullableColumns.instant(row, "reactivated_at"),
        row.getInt("orders"),
        row.getBigDecimal("revenue"));
  }
}
