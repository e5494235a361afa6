package io.rekindle.dashboard.users;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Caller;
import io.rekindle.dashboard.http.CsvFormat;
import io.rekindle.dashboard.http.Fields;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Listing;
import io.rekindle.dashboard.http.Lists;
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
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/users. */
public final class UsersArea implements Area {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final Access WRITE = Access.ANALYST.orKey(Scope.USERS_WRITE);
  private static final Duration LONGEST_OVERRIDE = Duration.ofDays(30);

  private static final CsvFormat<UserProfile> CLIENTS_CSV =
      CsvFormat.<UserProfile>named("clients")
          .with("userId", UserProfile::userId)
          .with("email", UserProfile::email)
          .with("name", UserProfile::name)
          .with("preferredCategories", UserProfile::preferredCategories)
          .with("timeZone", UserProfile::timeZone)
          .with("locale", UserProfile::locale)
          .with("marketingConsent", UserProfile::marketingConsent)
          .with("lastOrderDate", UserProfile::lastOrderDate)
          .with("orderCount", UserProfile::orderCount)
          .with("averageOrderValue", UserProfile::averageOrderValue)
          .with("engagementScore", UserProfile::engagementScore)
          .with("band", UserProfile::band)
          .with("segment", UserProfile::segment)
          .with("atRisk", UserProfile::atRisk)
          .with("atRiskSince", UserProfile::atRiskSince)
          .with("lastEmailDate", UserProfile::lastEmailDate)
          .with("nextChangeAt", UserProfile::nextChangeAt)
          .with("asOf", UserProfile::asOf)
          .with("createdAt", UserProfile::createdAt)
          .with("updatedAt", UserProfile::updatedAt);

  private static final CsvFormat<ScoreChange> HISTORY_CSV =
      CsvFormat.<ScoreChange>named(UserRecords.HISTORY.name())
          .with("asOf", ScoreChange::asOf)
          .with("score", ScoreChange::score)
          .with("band", ScoreChange::band)
          .with("segment", ScoreChange::segment)
          .with("atRisk", ScoreChange::atRisk)
          .with("previousScore", ScoreChange::previousScore)
          .with("cause", ScoreChange::cause)
          .with("causeId", ScoreChange::causeId)
          .with("policyVersion", ScoreChange::policyVersion);

  private static final CsvFormat<Event> TIMELINE_CSV =
      CsvFormat.<Event>named(UserRecords.TIMELINE.name())
          .with("at", Event::at)
          .with("kind", Event::kind)
          .with("id", Event::id)
          .with("detail", Event::detail);

  private static final CsvFormat<ShopOrder> ORDERS_CSV =
      CsvFormat.<ShopOrder>named(UserRecords.ORDERS.name())
          .with("orderId", ShopOrder::orderId)
          .with("userId", ShopOrder::userId)
          .with("placedAt", ShopOrder::placedAt)
          .with("amount", ShopOrder::amount)
          .with("refundedAmount", ShopOrder::refundedAmount)
          .with("currency", ShopOrder::currency)
          .with("status", ShopOrder::status)
          .with("category", ShopOrder::category)
          .with("updatedAt", ShopOrder::updatedAt);

  private static final CsvFormat<Email> EMAILS_CSV =
      CsvFormat.<Email>named(UserRecords.EMAILS.name())
          .with("emailId", Email::emailId)
          .with("subject", Email::subject)
          .with("status", Email::status)
          .with("statusReason", Email::statusReason)
          .with("generatedBy", Email::generatedBy)
          .with("experimentId", Email::experimentId)
          .with("variant", Email::variant)
          .with("engagementScoreAtTime", Email::engagementScoreAtTime)
          .with("generatedAt", Email::generatedAt)
          .with("sentAt", Email::sentAt);

  private static final CsvFormat<Decision> DECISIONS_CSV =
      CsvFormat.<Decision>named(UserRecords.DECISIONS.name())
          .with("decisionId", Decision::decisionId)
          .with("episodeId", Decision::episodeId)
          .with("decision", Decision::decision)
          .with("reason", Decision::reason)
          .with("decidedAt", Decision::decidedAt)
          .with("experimentId", Decision::experimentId)
          .with("arm", Decision::arm)
          .with("score", Decision::score)
          .with("policyVersion", Decision::policyVersion)
          .with("openedAt", Decision::openedAt)
          .with("closedAt", Decision::closedAt)
          .with("emailId", Decision::emailId);

  private final Jdbi jdbi;
  private final Lists lists;
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
  public UsersArea(Jdbi jdbi, Lists lists, RateLimit writes, boolean overrides) {
    this.jdbi = jdbi;
    this.lists = lists;
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
    router.get("/api/users/{userId}/history", READ, records(UserRecords.HISTORY, HISTORY_CSV));
    router.get("/api/users/{userId}/timeline", READ, records(UserRecords.TIMELINE, TIMELINE_CSV));
    router.get("/api/users/{userId}/orders", READ, records(UserRecords.ORDERS, ORDERS_CSV));
    router.get("/api/users/{userId}/emails", READ, records(UserRecords.EMAILS, EMAILS_CSV));
    router.get(
        "/api/users/{userId}/decisions", READ, records(UserRecords.DECISIONS, DECISIONS_CSV));
    router.put("/api/users/{userId}/score-override", Access.ADMIN, this::override);
    router.delete("/api/users/{userId}/score-override", Access.ADMIN, this::endOverride);
  }

  /** A page of the list; {@code cursor} is null for the first. */
  public Users users(UserFilter filter, String cursor, int limit, boolean count) {
    return jdbi.withHandle(
        handle -> {
          UserList list = new UserList(handle, filter);
          Page<UserProfile> page = list.page(cursor, limit);
          Integer total = count ? list.count() : null;
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
    boolean count = Boolean.TRUE.equals(query.bool("count"));
    lists.answer(
        ctx,
        query,
        CLIENTS_CSV,
        (cursor, limit) -> users(filter, cursor, limit, count),
        (handle, consumer) -> new UserList(handle, filter).forEach(consumer));
  }

  /** A list about one client. */
  private <T> Handler records(Listing<T> listing, CsvFormat<T> format) {
    return ctx -> {
      String userId = Query.pathId(ctx, "userId");
      jdbi.useHandle(handle -> requireUser(handle, userId));
      lists.answer(ctx, Query.of(ctx), format, listing, Map.of("userId", userId));
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
                throw Refusal.taken("userId", "There is a user \"" + user.userId() + "\".");
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
