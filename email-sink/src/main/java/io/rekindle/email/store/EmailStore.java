package io.rekindle.email.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.Brand;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.store.BatchExecutor.BatchStatement;
import io.rekindle.platform.jdbc.UnnestColumns;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Emails in {@code engagement.emails}, one per episode: the first text wins.
 *
 * <p>Every call returns a future, and {@link BatchExecutor} answers many calls with one statement.
 * Callers bound the number of waiting calls: each has a future per email under way. Thread-safe.
 */
public final class EmailStore implements AutoCloseable {

  private static final String FIND =
      "select episode_id from engagement.emails where episode_id = any (?)";

  private static final String MAY_CONTACT =
      "select engagement.contactable_episodes(?, ?, ?, ? * interval '1 millisecond')";

  private static final String COST_TODAY =
      "select coalesce(sum(cost_usd), 0) from engagement.emails"
          + " where generated_at >= date_trunc('day', now(), 'UTC')";

  /**
   * The email's id is the episode's. Without a conflict target: email_id is unique as well, and of
   * two inserts at the same time one would otherwise fail by it.
   *
   * <p>The statement itself checks and locks the users. A request for a user who has been erased or
   * suppressed becomes a cancelled row without a text. It stands under the decision's user, which
   * an erasure has replaced by a pseudonym.
   */
  private static final String INSERT =
      """
      with recipients as materialized (select * from engagement.lock_recipients(?::text[])),
      given as (
        select *,
          engagement.content_version_of(variant, prompt, tone, offer, brand) as content_version
        from unnest(
          ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
          ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::int[], ?::numeric[],
          ?::bigint[], ?::int[], ?::text[], ?::text[], ?::text[], ?::numeric[], ?::text[],
          ?::text[], ?::text[], ?::int[]
        ) as e (
          episode_id, user_id, subject, preheader, html, text, generated_by, fallback_reason,
          model_asked, model, prompt_version, schema_version, request_form, prompt_tokens,
          completion_tokens, cost_usd, latency_ms, calls, checks, experiment_id, variant, score, prompt, tone, offer,
          brand)),
      -- In one order, so that two writers with the same new versions do not wait for each other.
      versions as (
        insert into engagement.content_versions (
          content_version, variant, prompt, tone, offer, brand_version, review)
        select distinct on (content_version) content_version, variant, prompt, tone, offer, brand,
          case when review_first > 0 then 'WAITING' else 'FREE' end
        from given cross join engagement.review_settings
        order by content_version
        on conflict do nothing)
      insert into engagement.emails (
        email_id, episode_id, decision_id, user_id, subject, preheader, html, text,
        status, status_reason, generated_by,
        fallback_reason, model_asked, model, prompt_version, schema_version, request_form,
        prompt_tokens,
        completion_tokens, cost_usd, latency_ms, calls, checks, experiment_id, variant,
        content_version, engagement_score_at_time)
      select
        e.episode_id, e.episode_id, e.episode_id,
        case when open then e.user_id
          else coalesce(
            engagement.user_of_decision(e.episode_id), 'erased-' || md5(gen_random_uuid()::text))
        end,
        case when open then e.subject else '' end,
        case when open then e.preheader else '' end,
        case when open then e.html else '' end,
        case when open then e.text else '' end,
        case when open then 'READY' else 'CANCELLED' end,
        case when r.user_id is null then 'USER_REMOVED' else r.obstacle end,
        e.generated_by, e.fallback_reason, e.model_asked, e.model, e.prompt_version,
        e.schema_version, e.request_form, e.prompt_tokens, e.completion_tokens, e.cost_usd, e.latency_ms, e.calls,
        case when open then e.checks::jsonb else '[]' end,
        e.experiment_id, e.variant, e.content_version, e.score
      from given e
      left join recipients r on r.user_id = e.user_id
      cross join lateral (select r.user_id is not null and r.obstacle is null as open) as checked
      on conflict do nothing
      returning episode_id, status
      """;

  private static final BatchStatement<String, Boolean> LOOKUP = EmailStore::find;
  private static final BatchStatement<Insert, Outcome> INSERTION = EmailStore::store;
  private static final BatchStatement<Void, Brand> BRAND_IN_FORCE = EmailStore::brand;
  private static final BatchStatement<Void, BigDecimal> SUM = EmailStore::costToday;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BatchExecutor executor;
  private final BatchStatement<ContactCheck, Boolean> contactCheck = this::contactable;
  private final Duration expiry;

  /**
   * @param connections opens one for each thread, and another when one has broken
   * @param parallelism threads and connections
   * @param retryFor how long a call is tried again while the database is away, from its first try
   * @param expiry age of the decision at which the sender cancels an email
   */
  public EmailStore(Connections connections, int parallelism, Duration retryFor, Duration expiry) {
    this.executor = new BatchExecutor(connections, parallelism, retryFor);
    this.expiry = expiry;
  }

  /** Opens connections to the database, in autocommit mode, as a role that may insert emails. */
  @FunctionalInterface
  public interface Connections {
    Connection open() throws SQLException;
  }

  /** The outcome of an insert. */
  public enum Outcome {
    /** The email is READY to be sent. */
    WRITTEN,
    /** The user has left the shop or is suppressed: the email is CANCELLED and has no text. */
    CANCELLED,
    /** The episode had an email, which after a lost connection may be this very one. */
    REPEATED
  }

  private record ContactCheck(String episodeId, String userId, Instant decidedAt) {}

  private record Insert(
      EmailRequest request,
      WrittenEmail written,
      String experimentId,
      BigDecimal score,
      String checks) {}

  /** Whether the episode has an email, be it of an earlier run. */
  public CompletableFuture<Boolean> exists(String episodeId) {
    return executor.submit(LOOKUP, episodeId);
  }

  /**
   * Whether the user may still be contacted, and a model be given the facts. The SQL function
   * {@code contact_obstacle} decides it, and the episode must not be decided otherwise. Both may
   * change while a request waits.
   */
  public CompletableFuture<Boolean> mayContact(String episodeId, String userId, Instant decidedAt) {
    return executor.submit(contactCheck, new ContactCheck(episodeId, userId, decidedAt));
  }

  /**
   * Stores an email as READY to be sent, unless the episode has one or the user is gone.
   *
   * @param experimentId null outside experiments
   * @param score of the user when it was decided to write; null if unknown
   * @return exceptionally if the database refused it or was away for too long
   */
  public CompletableFuture<Outcome> insert(
      EmailRequest request, WrittenEmail written, String experimentId, BigDecimal score) {
    return executor.submit(
        INSERTION, new Insert(request, written, experimentId, score, checks(written.checks())));
  }

  /** The brand in force. */
  public CompletableFuture<Brand> brand() {
    return executor.submit(BRAND_IN_FORCE, null);
  }

  /** The cost of all emails written in this UTC day, in USD, as far as it is known. */
  public CompletableFuture<BigDecimal> costToday() {
    return executor.submit(SUM, null);
  }

  /** Ends every call that waits or is under way with a {@link CancellationException}. */
  @Override
  public void close() {
    executor.close();
  }

  private static List<Boolean> find(Connection connection, List<String> episodes)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      new UnnestColumns<>(connection, find, episodes).text(episode -> episode);
      Set<String> found = strings(find);
      return episodes.stream().map(found::contains).toList();
    }
  }

  private List<Boolean> contactable(Connection connection, List<ContactCheck> checks)
      throws SQLException {
    Object[] decided = checks.stream().map(row -> row.decidedAt.toString()).toArray();
    try (PreparedStatement check = connection.prepareStatement(MAY_CONTACT)) {
      new UnnestColumns<>(connection, check, checks)
          .text(ContactCheck::episodeId)
          .text(ContactCheck::userId);
      check.setArray(3, connection.createArrayOf("timestamptz", decided));
      check.setLong(4, expiry.toMillis());
      Set<String> contactable = strings(check);
      return checks.stream().map(row -> contactable.contains(row.episodeId)).toList();
    }
  }

  /** Of several emails for one episode in a batch, the first is stored. */
  private static List<Outcome> store(Connection connection, List<Insert> inserts)
      throws SQLException {
    Map<String, Insert> first = new LinkedHashMap<>();
    inserts.forEach(row -> first.putIfAbsent(row.request.episodeId(), row));
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new UnnestColumns<>(connection, insert, first.values())
          .text(row -> row.request.facts().userId())
          .text(row -> row.request.episodeId())
          .text(row -> row.request.facts().userId())
          .text(row -> row.written.email().subject())
          .text(row -> row.written.email().preheader())
          .text(row -> row.written.email().html())
          .text(row -> row.written.email().text())
          .text(row -> row.written.generatedBy())
          .text(row -> row.written.fallbackReason())
          .text(row -> row.written.modelAsked())
          .text(row -> withoutNul(row.written.model()))
          .text(row -> row.written.promptVersion())
          .text(row -> row.written.schemaVersion())
          .text(row -> row.written.requestForm())
          .integer(row -> row.written.promptTokens())
          .integer(row -> row.written.completionTokens())
          .numeric(row -> row.written.costUsd())
          .bigint(row -> row.written.latencyMs())
          .integer(row -> row.written.calls())
          .text(row -> row.checks)
          .text(row -> row.experimentId)
          .text(row -> row.request.variant().name())
          .numeric(row -> row.score)
          .text(row -> row.request.variant().prompt())
          .text(row -> row.request.variant().tone())
          .text(row -> row.request.variant().offer())
          .integer(row -> row.request.brand().version());
      Map<String, Outcome> stored = new HashMap<>();
      try (ResultSet rows = insert.executeQuery()) {
        while (rows.next()) {
          stored.put(
              rows.getString(1),
              rows.getString(2).equals("READY") ? Outcome.WRITTEN : Outcome.CANCELLED);
        }
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Insert row : inserts) {
        Outcome outcome = stored.remove(row.request.episodeId());
        outcomes.add(outcome == null ? Outcome.REPEATED : outcome);
      }
      return outcomes;
    }
  }

  private static List<Brand> brand(Connection connection, List<Void> questions)
      throws SQLException {
    try (PreparedStatement newest = connection.prepareStatement(BrandRow.NEWEST);
        ResultSet row = newest.executeQuery()) {
      Brand brand = row.next() ? BrandRow.read(row) : Brand.DEFAULT;
      return Collections.nCopies(questions.size(), brand);
    }
  }

  private static List<BigDecimal> costToday(Connection connection, List<Void> questions)
      throws SQLException {
    try (PreparedStatement sum = connection.prepareStatement(COST_TODAY);
        ResultSet row = sum.executeQuery()) {
      row.next();
      return Collections.nCopies(questions.size(), row.getBigDecimal(1));
    }
  }

  private static Set<String> strings(PreparedStatement statement) throws SQLException {
    Set<String> found = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static String checks(List<CheckResult> checks) {
    List<CheckResult> storable =
        checks.stream()
            .map(check -> new CheckResult(check.name(), check.passed(), withoutNul(check.detail())))
            .toList();
    try {
      return JSON.writeValueAsString(storable);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts is JSON", e);
    }
  }

  /** Postgres stores none, neither in text nor in JSON. */
  private static String withoutNul(String text) {
    return text == null ? null : text.replace("\0", "");
  }
}
