package io.rekindle.dashboard.clients;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Decision;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Email;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Event;
import io.rekindle.dashboard.clients.ClientHistoryQueries.ScoreChange;
import io.rekindle.dashboard.orders.ShopOrder;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RateLimit;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.KeysetQuery;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.dashboard.web.list.ListResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/users. */
public final class ClientRoutes implements Routes {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final Access WRITE = Access.ANALYST.orKey(Scope.USERS_WRITE);
  private static final Duration MAX_OVERRIDE = Duration.ofDays(30);

  private static final CsvFormat<ClientProfile> CLIENTS_CSV =
      CsvFormat.of("clients", ClientProfile.class)
          .without(
              "breakdown",
              "overridden",
              "computedScore",
              "usualGapMillis",
              "lastContactAt",
              "policyVersion");

  private static final CsvFormat<ScoreChange> HISTORY_CSV =
      CsvFormat.of(ClientHistoryQueries.HISTORY.name(), ScoreChange.class)
          .without("breakdown", "overridden", "previousBand", "previousAtRisk");

  private static final CsvFormat<Event> TIMELINE_CSV =
      CsvFormat.of(ClientHistoryQueries.TIMELINE.name(), Event.class);

  private static final CsvFormat<ShopOrder> ORDERS_CSV =
      CsvFormat.of(ClientHistoryQueries.ORDERS.name(), ShopOrder.class);

  private static final CsvFormat<Email> EMAILS_CSV =
      CsvFormat.of(ClientHistoryQueries.EMAILS.name(), Email.class);

  private static final CsvFormat<Decision> DECISIONS_CSV =
      CsvFormat.of(ClientHistoryQueries.DECISIONS.name(), Decision.class)
          .without("closeReason", "inputs");

  private final Jdbi jdbi;
  private final ListResponse listResponse;
  private final RateLimit writes;
  private final boolean overrides;

  /**
   * A page of clients.
   *
   * @param total how many there are in all pages; null unless asked for
   * @param totalIsMore whether there are more than total says
   */
  public record ClientListPage(
      List<ClientProfile> items, String nextCursor, Integer total, Boolean totalIsMore) {}

  /**
   * What came of a request to erase somebody.
   *
   * @param rows how many rows about them were deleted or emptied at once
   */
  public record Erasure(String userId, long rows) {}

  /**
   * Creates the routes.
   *
   * @param overrides whether scores may be set by hand
   */
  public ClientRoutes(Jdbi jdbi, ListResponse listResponse, RateLimit writes, boolean overrides) {
    this.jdbi = jdbi;
    this.listResponse = listResponse;
    this.writes = writes;
    this.overrides = overrides;
  }

  @Override
  public void register(Router router) {
    router.get("/api/users", READ, this::list);
    router.post("/api/users", WRITE, this::create);
    router.get("/api/users/{userId}", READ, this::one);
    router.put("/api/users/{userId}", WRITE, this::change);
    router.delete("/api/users/{userId}", Access.ADMIN, this::erase);
    router.get(
        "/api/users/{userId}/history", READ, records(ClientHistoryQueries.HISTORY, HISTORY_CSV));
    router.get(
        "/api/users/{userId}/timeline", READ, records(ClientHistoryQueries.TIMELINE, TIMELINE_CSV));
    router.get(
        "/api/users/{userId}/orders", READ, records(ClientHistoryQueries.ORDERS, ORDERS_CSV));
    router.get(
        "/api/users/{userId}/emails", READ, records(ClientHistoryQueries.EMAILS, EMAILS_CSV));
    router.get(
        "/api/users/{userId}/decisions",
        READ,
        records(ClientHistoryQueries.DECISIONS, DECISIONS_CSV));
    router.put("/api/users/{userId}/score-override", Access.ADMIN, this::override);
    router.delete("/api/users/{userId}/score-override", Access.ADMIN, this::endOverride);
  }

  /** A page of the list; {@code cursor} is null for the first. */
  public ClientListPage clients(ClientFilter filter, String cursor, int limit, boolean count) {
    return jdbi.withHandle(
        handle -> {
          ClientListQuery list = new ClientListQuery(handle, filter);
          ListPage<ClientProfile> page = list.page(cursor, limit);
          Integer total = count ? list.count() : null;
          boolean more = total != null && total > ClientListQuery.MAX_COUNTED;
          return new ClientListPage(
              page.items(),
              page.nextCursor(),
              more ? Integer.valueOf(ClientListQuery.MAX_COUNTED) : total,
              total == null ? null : more);
        });
  }

  /**
   * One client.
   *
   * @throws HttpProblem 404 if the shop has none of that id
   */
  public ClientProfile client(String userId) {
    return jdbi.withHandle(handle -> profile(handle, userId));
  }

  /** Score changes, the newest first. */
  public ListPage<ScoreChange> history(String userId, String cursor, int limit) {
    return page(ClientHistoryQueries.HISTORY, userId, cursor, limit);
  }

  /** All that happened, the newest first. */
  public ListPage<Event> timeline(String userId, String cursor, int limit) {
    return page(ClientHistoryQueries.TIMELINE, userId, cursor, limit);
  }

  /** Orders, the newest first. */
  public ListPage<ShopOrder> orders(String userId, String cursor, int limit) {
    return page(ClientHistoryQueries.ORDERS, userId, cursor, limit);
  }

  /** Emails, the newest first. */
  public ListPage<Email> emails(String userId, String cursor, int limit) {
    return page(ClientHistoryQueries.EMAILS, userId, cursor, limit);
  }

  /** Decisions, the newest first. */
  public ListPage<Decision> decisions(String userId, String cursor, int limit) {
    return page(ClientHistoryQueries.DECISIONS, userId, cursor, limit);
  }

  private <T> ListPage<T> page(
      KeysetQuery<T> keysetQuery, String userId, String cursor, int limit) {
    return jdbi.withHandle(
        handle -> keysetQuery.page(handle, Map.of("userId", userId), cursor, limit));
  }

  private void list(Context ctx) throws Exception {
    QueryParameters query = QueryParameters.of(ctx);
    ClientFilter filter = ClientFilter.read(query);
    boolean count = Boolean.TRUE.equals(query.bool("count"));
    listResponse.answer(
        ctx,
        query,
        CLIENTS_CSV,
        (cursor, limit) -> clients(filter, cursor, limit, count),
        (handle, consumer) -> new ClientListQuery(handle, filter).forEach(consumer));
  }

  /** A list about one client. */
  private <T extends Record> Handler records(KeysetQuery<T> keysetQuery, CsvFormat<T> format) {
    return ctx -> {
      String userId = QueryParameters.pathId(ctx, "userId");
      jdbi.useHandle(handle -> requireUser(handle, userId));
      listResponse.answer(
          ctx, QueryParameters.of(ctx), format, keysetQuery, Map.of("userId", userId));
    };
  }

  private void one(Context ctx) {
    ctx.json(client(QueryParameters.pathId(ctx, "userId")));
  }

  private void create(Context ctx) {
    writes.take(Principal.of(ctx).id(), 1);
    JsonFields body = Json.object(ctx);
    String given = body.text("userId", 128);
    if (body.has("userId") && (given == null || given.isBlank())) {
      body.reject("userId", "has to be a text of 1 to 128 characters, or absent.");
    }
    ShopUser user = ShopUser.blank(given == null ? UUID.randomUUID().toString() : given).with(body);
    body.check();
    ClientProfile profile =
        jdbi.inTransaction(
            handle -> {
              if (!user.insert(handle)) {
                throw HttpProblem.taken("userId", "There is a user \"" + user.userId() + "\".");
              }
              AuditLog.record(
                  handle,
                  Actor.of(ctx),
                  "CREATE",
                  Subject.USER,
                  user.userId(),
                  user.userId(),
                  null,
                  user);
              return profile(handle, user.userId());
            });
    ctx.status(HttpStatus.CREATED)
        .header(
            "Location",
            "/api/users/"
                + URLEncoder.encode(user.userId(), StandardCharsets.UTF_8).replace("+", "%20"))
        .json(profile);
  }

  private void change(Context ctx) {
    writes.take(Principal.of(ctx).id(), 1);
    String userId = QueryParameters.pathId(ctx, "userId");
    JsonFields body = Json.object(ctx);
    // Read twice: once for its mistakes, so that these come before the question who it is about.
    ShopUser.blank(userId).with(body);
    body.check();
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              ShopUser before = ShopUser.lock(handle, userId).orElseThrow(() -> noUser(userId));
              ShopUser after = before.with(body);
              if (!after.equals(before)) {
                after.update(handle);
                AuditLog.record(
                    handle, Actor.of(ctx), "CHANGE", Subject.USER, userId, userId, before, after);
              }
              return profile(handle, userId);
            }));
  }

  private void erase(Context ctx) {
    writes.take(Principal.of(ctx).id(), 1);
    String userId = QueryParameters.pathId(ctx, "userId");
    long rows =
        jdbi.inTransaction(
            handle -> {
              long erased = Erasures.begin(handle, userId, Principal.of(ctx).name());
              if (erased == 0) {
                throw noUser(userId);
              }
              AuditLog.record(handle, Actor.of(ctx), "ERASE", Subject.USER, "erased", null, null);
              return erased;
            });
    ctx.status(HttpStatus.ACCEPTED).json(new Erasure(userId, rows));
  }

  private void override(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    requireOverrides();
    JsonFields body = Json.object(ctx);
    Integer score = body.integer("score", 0, 100);
    if (score == null) {
      body.reject("score", "is required.");
    }
    String reason = body.text("reason", 500);
    Instant expiresAt = body.instant("expiresAt");
    Instant now = Instant.now();
    if (expiresAt != null
        && (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(MAX_OVERRIDE)))) {
      body.reject("expiresAt", "has to be in the next " + MAX_OVERRIDE.toDays() + " days.");
    }
    body.check();
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              requireUser(handle, userId);
              ScoreOverride before = ScoreOverride.of(handle, userId).orElse(null);
              ScoreOverride after =
                  ScoreOverride.set(
                      handle,
                      userId,
                      score,
                      reason == null ? "" : reason,
                      Principal.of(ctx).name(),
                      expiresAt);
              AuditLog.record(
                  handle,
                  Actor.of(ctx),
                  "SET",
                  Subject.SCORE_OVERRIDE,
                  userId,
                  userId,
                  before,
                  after);
              return after;
            }));
  }

  private void endOverride(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    requireOverrides();
    jdbi.useTransaction(
        handle -> {
          ScoreOverride before =
              ScoreOverride.of(handle, userId)
                  .orElseThrow(
                      () -> HttpProblem.notFound("No override for the user \"" + userId + "\"."));
          ScoreOverride.remove(handle, userId);
          AuditLog.record(
              handle, Actor.of(ctx), "END", Subject.SCORE_OVERRIDE, userId, userId, before, null);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private void requireOverrides() {
    if (!overrides) {
      throw new HttpProblem(
          HttpStatus.FORBIDDEN,
          "Scores are not set by hand here: REKINDLE_DASHBOARD_SCORE_OVERRIDES is not true.");
    }
  }

  private static void requireUser(Handle handle, String userId) {
    if (!ShopUser.exists(handle, userId)) {
      throw noUser(userId);
    }
  }

  private static ClientProfile profile(Handle handle, String userId) {
    return ClientProfileQuery.byId(handle, userId).orElseThrow(() -> noUser(userId));
  }

  private static HttpProblem noUser(String userId) {
    return HttpProblem.notFound("No user \"" + userId + "\".");
  }
}
