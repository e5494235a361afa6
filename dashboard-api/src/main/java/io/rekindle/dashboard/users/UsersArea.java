package io.rekindle.dashboard.users;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Caller;
import io.rekindle.dashboard.http.Csv;
import io.rekindle.dashboard.http.Exports;
import io.rekindle.dashboard.http.Fields;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Listing;
import io.rekindle.dashboard.http.Page;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.RateLimit;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.Scope;
import io.rekindle.dashboard.orders.ShopOrder;
import io.rekindle.dashboard.security.AuditLog;
import io.rekindle.dashboard.security.AuditLog.Subject;
import io.rekindle.dashboard.users.UserRecords.Decision;
import io.rekindle.dashboard.users.UserRecords.Email;
import io.rekindle.dashboard.users.UserRecords.Event;
import io.rekindle.dashboard.users.UserRecords.ScoreChange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/users. */
public final class UsersArea implements Area {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final Access WRITE = Access.ANALYST.orKey(Scope.USERS_WRITE);
  private static final Duration LONGEST_OVERRIDE = Duration.ofDays(30);

  private static final String[] CSV_COLUMNS = {
    "userId",
    "email",
    "name",
    "preferredCategories",
    "timeZone",
    "locale",
    "marketingConsent",
    "lastOrderDate",
    "orderCount",
    "averageOrderValue",
    "engagementScore",
    "band",
    "segment",
    "atRisk",
    "atRiskSince",
    "lastEmailDate",
    "nextChangeAt",
    "asOf",
    "createdAt",
    "updatedAt"
  };

  private final Jdbi jdbi;
  private final Exports exports;
  private final RateLimit writes;
  private final boolean overrides;

  /**
   * A page of clients.
   *
   * @param total how many there are in all pages; null unless asked for
   * @param totalIsMore whether there are more than total says
   */
  public record Users(
      List<UserProfile> items, String nextCursor, Integer total, Boolean totalIsMore) {}

  /**
   * What came of a request to erase somebody.
   *
   * @param rows how many rows about them were deleted or emptied at once
   */
  public record Erasure(String userId, long rows) {}

  /**
   * Makes the area.
   *
   * @param overrides whether scores may be set by hand
   */
  public UsersArea(Jdbi jdbi, Exports exports, RateLimit writes, boolean overrides) {
    this.jdbi = jdbi;
    this.exports = exports;
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
        "/api/users/{userId}/history",
        READ,
        records(
            UserRecords.HISTORY,
            change ->
                new Object[] {
                  change.asOf(),
                  change.score(),
                  change.band(),
                  change.segment(),
                  change.atRisk(),
                  change.previousScore(),
                  change.cause(),
                  change.causeId(),
                  change.policyVersion()
                },
            "asOf",
            "score",
            "band",
            "segment",
            "atRisk",
            "previousScore",
            "cause",
            "causeId",
            "policyVersion"));
    router.get(
        "/api/users/{userId}/timeline",
        READ,
        records(
            UserRecords.TIMELINE,
            event -> new Object[] {event.at(), event.kind(), event.id(), event.detail()},
            "at",
            "kind",
            "id",
            "detail"));
    router.get(
        "/api/users/{userId}/orders",
        READ,
        records(
            UserRecords.ORDERS,
            order ->
                new Object[] {
                  order.orderId(),
                  order.userId(),
                  order.placedAt(),
                  order.amount(),
                  order.refundedAmount(),
                  order.currency(),
                  order.status(),
                  order.category(),
                  order.updatedAt()
                },
            "orderId",
            "userId",
            "placedAt",
            "amount",
            "refundedAmount",
            "currency",
            "status",
            "category",
            "updatedAt"));
    router.get(
        "/api/users/{userId}/emails",
        READ,
        records(
            UserRecords.EMAILS,
            email ->
                new Object[] {
                  email.emailId(),
                  email.subject(),
                  email.status(),
                  email.statusReason(),
                  email.generatedBy(),
                  email.experimentId(),
                  email.variant(),
                  email.engagementScoreAtTime(),
                  email.generatedAt(),
                  email.sentAt()
                },
            "emailId",
            "subject",
            "status",
            "statusReason",
            "generatedBy",
            "experimentId",
            "variant",
            "engagementScoreAtTime",
            "generatedAt",
            "sentAt"));
    router.get(
        "/api/users/{userId}/decisions",
        READ,
        records(
            UserRecords.DECISIONS,
            decision ->
                new Object[] {
                  decision.decisionId(),
                  decision.episodeId(),
                  decision.decision(),
                  decision.reason(),
                  decision.decidedAt(),
                  decision.experimentId(),
                  decision.arm(),
                  decision.score(),
                  decision.policyVersion(),
                  decision.openedAt(),
                  decision.closedAt(),
                  decision.emailId()
                },
            "decisionId",
            "episodeId",
            "decision",
            "reason",
            "decidedAt",
            "experimentId",
            "arm",
            "score",
            "policyVersion",
            "openedAt",
            "closedAt",
            "emailId"));
    router.put("/api/users/{userId}/score-override", Access.ADMIN, this::override);
    router.delete("/api/users/{userId}/score-override", Access.ADMIN, this::endOverride);
  }

  /** A page of the list; {@code cursor} is null for the first. */
  public Users users(UserFilter filter, String cursor, int limit, boolean count) {
    return jdbi.withHandle(
        handle -> {
          Page<UserProfile> page = UserList.page(handle, filter, cursor, limit);
          Integer total = count ? UserList.count(handle, filter) : null;
          boolean more = total != null && total > UserList.MOST_COUNTED;
          return new Users(
              page.items(),
              page.nextCursor(),
              more ? Integer.valueOf(UserList.MOST_COUNTED) : total,
              total == null ? null : more);
        });
  }

  /**
   * One client.
   *
   * @throws Refusal 404 if the shop has none of that id
   */
  public UserProfile user(String userId) {
    return jdbi.withHandle(handle -> profile(handle, userId));
  }

  /** Score changes, the newest first. */
  public Page<ScoreChange> history(String userId, String cursor, int limit) {
    return page(UserRecords.HISTORY, userId, cursor, limit);
  }

  /** All that happened, the newest first. */
  public Page<Event> timeline(String userId, String cursor, int limit) {
    return page(UserRecords.TIMELINE, userId, cursor, limit);
  }

  /** Orders, the newest first. */
  public Page<ShopOrder> orders(String userId, String cursor, int limit) {
    return page(UserRecords.ORDERS, userId, cursor, limit);
  }

  /** Emails, the newest first. */
  public Page<Email> emails(String userId, String cursor, int limit) {
    return page(UserRecords.EMAILS, userId, cursor, limit);
  }

  /** Decisions, the newest first. */
  public Page<Decision> decisions(String userId, String cursor, int limit) {
    return page(UserRecords.DECISIONS, userId, cursor, limit);
  }

  private <T> Page<T> page(Listing<T> listing, String userId, String cursor, int limit) {
    return jdbi.withHandle(handle -> listing.page(handle, Map.of("userId", userId), cursor, limit));
  }

  private void list(Context ctx) throws Exception {
    Query query = Query.of(ctx);
    UserFilter filter = UserFilter.read(query);
    String format = query.word("format", Set.of("csv", "json"));
    String cursor = query.text("cursor", 20_000);
    int limit = query.integer("limit", 1, 200, 50);
    boolean count = Boolean.TRUE.equals(query.bool("count"));
    query.check();
    if (!Csv.wanted(ctx, format)) {
      ctx.json(users(filter, cursor, limit, count));
      return;
    }
    exports.answer(
        ctx,
        "clients",
        CSV_COLUMNS,
        (handle, csv) ->
            UserList.forEach(
                handle,
                filter,
                user ->
                    csv.row(
                        user.userId(),
                        user.email(),
                        user.name(),
                        user.preferredCategories(),
                        user.timeZone(),
                        user.locale(),
                        user.marketingConsent(),
                        user.lastOrderDate(),
                        user.orderCount(),
                        user.averageOrderValue(),
                        user.engagementScore(),
                        user.band(),
                        user.segment(),
                        user.atRisk(),
                        user.atRiskSince(),
                        user.lastEmailDate(),
                        user.nextChangeAt(),
                        user.asOf(),
                        user.createdAt(),
                        user.updatedAt())));
  }

  /** A list about one client, as JSON by pages or as CSV. */
  private <T> Handler records(Listing<T> listing, Function<T, Object[]> row, String... columns) {
    return ctx -> {
      String userId = Query.pathId(ctx, "userId");
      Query query = Query.of(ctx);
      String format = query.word("format", Set.of("csv", "json"));
      String cursor = query.text("cursor", 20_000);
      int limit = query.integer("limit", 1, 200, 50);
      query.check();
      if (!Csv.wanted(ctx, format)) {
        ctx.json(
            jdbi.withHandle(
                handle -> {
                  requireUser(handle, userId);
                  return listing.page(handle, Map.of("userId", userId), cursor, limit);
                }));
        return;
      }
      jdbi.useHandle(handle -> requireUser(handle, userId));
      exports.answer(
          ctx,
          listing.name(),
          columns,
          (handle, csv) ->
              listing.forEach(handle, Map.of("userId", userId), item -> csv.row(row.apply(item))));
    };
  }

  private void one(Context ctx) {
    ctx.json(user(Query.pathId(ctx, "userId")));
  }

  private void create(Context ctx) {
    writes.take(Caller.of(ctx).id(), 1);
    Fields body = Json.object(ctx);
    String given = body.text("userId", 128);
    if (body.has("userId") && (given == null || given.isBlank())) {
      body.reject("userId", "has to be a text of 1 to 128 characters, or absent.");
    }
    ShopUser user = ShopUser.blank(given == null ? UUID.randomUUID().toString() : given).with(body);
    body.check();
    UserProfile profile =
        jdbi.inTransaction(
            handle -> {
              if (!user.insert(handle)) {
                throw Refusal.conflict("userId: there is a user \"" + user.userId() + "\".");
              }
              AuditLog.record(
                  handle, ctx, "CREATE", Subject.USER, user.userId(), user.userId(), null, user);
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
    writes.take(Caller.of(ctx).id(), 1);
    String userId = Query.pathId(ctx, "userId");
    Fields body = Json.object(ctx);
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
                AuditLog.record(handle, ctx, "CHANGE", Subject.USER, userId, userId, before, after);
              }
              return profile(handle, userId);
            }));
  }

  private void erase(Context ctx) {
    writes.take(Caller.of(ctx).id(), 1);
    String userId = Query.pathId(ctx, "userId");
    long rows =
        jdbi.inTransaction(
            handle -> {
              long erased = Erasures.begin(handle, userId, Caller.of(ctx).name());
              if (erased == 0) {
                throw noUser(userId);
              }
              AuditLog.record(handle, ctx, "ERASE", Subject.USER, "erased", null, null);
              return erased;
            });
    ctx.status(HttpStatus.ACCEPTED).json(new Erasure(userId, rows));
  }

  private void override(Context ctx) {
    String userId = Query.pathId(ctx, "userId");
    requireOverrides();
    Fields body = Json.object(ctx);
    Integer score = body.integer("score", 0, 100);
    if (score == null) {
      body.reject("score", "is required.");
    }
    String reason = body.text("reason", 500);
    Instant expiresAt = body.instant("expiresAt");
    Instant now = Instant.now();
    if (expiresAt != null
        && (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST_OVERRIDE)))) {
      body.reject("expiresAt", "has to be in the next " + LONGEST_OVERRIDE.toDays() + " days.");
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
                      Caller.of(ctx).name(),
                      expiresAt);
              AuditLog.record(
                  handle, ctx, "SET", Subject.SCORE_OVERRIDE, userId, userId, before, after);
              return after;
            }));
  }

  private void endOverride(Context ctx) {
    String userId = Query.pathId(ctx, "userId");
    requireOverrides();
    jdbi.useTransaction(
        handle -> {
          ScoreOverride before =
              ScoreOverride.of(handle, userId)
                  .orElseThrow(
                      () -> Refusal.notFound("No override for the user \"" + userId + "\"."));
          ScoreOverride.remove(handle, userId);
          AuditLog.record(handle, ctx, "END", Subject.SCORE_OVERRIDE, userId, userId, before, null);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private void requireOverrides() {
    if (!overrides) {
      throw new Refusal(
          HttpStatus.FORBIDDEN,
          "Scores are not set by hand here: REKINDLE_DASHBOARD_SCORE_OVERRIDES is not true.");
    }
  }

  private static void requireUser(Handle handle, String userId) {
    if (!ShopUser.exists(handle, userId)) {
      throw noUser(userId);
    }
  }

  private static UserProfile profile(Handle handle, String userId) {
    return UserProfiles.byId(handle, userId).orElseThrow(() -> noUser(userId));
  }

  private static Refusal noUser(String userId) {
    return Refusal.notFound("No user \"" + userId + "\".");
  }
}
