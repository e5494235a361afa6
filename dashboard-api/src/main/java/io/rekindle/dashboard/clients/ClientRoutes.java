package io.rekindle.dashboard.clients;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Decision;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Email;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Event;
import io.rekindle.dashboard.clients.ClientHistoryQueries.ScoreChange;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.orders.ShopOrder;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Created;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.WriteLimit;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** The routes under /api/users. */
public final class ClientRoutes implements Routes {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final Access WRITE = Access.ANALYST.orKey(Scope.USERS_WRITE);
  private static final Duration MAX_OVERRIDE = Duration.ofDays(30);

  private static final CsvFormat<ListedClient> CLIENTS_CSV =
      CsvFormat.of("clients", ListedClient.class)
          .without(
              "breakdown",
              "overridden",
              "computedScore",
              "usualGapMillis",
              "lastContactAt",
              "policyVersion");

  private static final CsvFormat<PastClient> PAST_CSV = CsvFormat.of("clients", PastClient.class);

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

  private final ClientService clients;
  private final PastClientService past;
  private final ClientChanges changes;
  private final ListResponse listResponse;
  private final StoredFilters stored;
  private final WriteLimit writes;
  private final boolean overrides;

  /**
   * The answer to a request to erase a client.
   *
   * @param rows how many rows of the client were deleted or emptied at once
   */
  public record Erasure(String userId, long rows) {}

  /**
   * Creates the routes.
   *
   * @param overrides whether scores may be set by hand
   */
  public ClientRoutes(
      ClientService clients,
      PastClientService past,
      ClientChanges changes,
      ListResponse listResponse,
      StoredFilters stored,
      WriteLimit writes,
      boolean overrides) {
    this.stored = stored;
    this.clients = clients;
    this.past = past;
    this.changes = changes;
    this.listResponse = listResponse;
    this.writes = writes;
    this.overrides = overrides;
  }

  @Override
  public void register(Router router) {
    router.get("/api/users", READ, this::list);
    router.post("/api/users", WRITE, this::create);
    router.get("/api/users/{userId}", READ, this::one);
    router.get("/api/users/{userId}/year-ahead", READ, this::yearAhead);
    router.put("/api/users/{userId}", WRITE, this::change);
    router.delete("/api/users/{userId}", Access.ADMIN, this::erase);
    list(router, "history", ClientHistoryQueries.HISTORY, HISTORY_CSV);
    list(router, "timeline", ClientHistoryQueries.TIMELINE, TIMELINE_CSV);
    list(router, "orders", ClientHistoryQueries.ORDERS, ORDERS_CSV);
    list(router, "emails", ClientHistoryQueries.EMAILS, EMAILS_CSV);
    list(router, "decisions", ClientHistoryQueries.DECISIONS, DECISIONS_CSV);
    router.put("/api/users/{userId}/score-override", Access.ADMIN, this::override);
    router.delete("/api/users/{userId}/score-override", Access.ADMIN, this::endOverride);
  }

  private void list(Context ctx) throws Exception {
    QueryParameters query = ClientFilter.parameters(QueryParameters.of(ctx), stored);
    boolean count = Boolean.TRUE.equals(query.bool("count"));
    if (PastFilter.isAsked(query)) {
      PastFilter filter = PastFilter.read(query);
      filter.rejectUnknownDays(query, past.known());
      listResponse.answer(
          ctx,
          query,
          PAST_CSV,
          (cursor, limit) -> past.page(filter, cursor, limit, count),
          past.all(filter));
      return;
    }
    ClientFilter filter = ClientFilter.read(query);
    listResponse.answer(
        ctx,
        query,
        CLIENTS_CSV,
        (cursor, limit) -> clients.page(filter, cursor, limit, count, Instant.now()),
        clients.all(filter, Instant.now()));
  }

  /** A list about one client. */
  private <T extends Record> void list(
      Router router, String name, KeysetQuery<T> query, CsvFormat<T> format) {
    router.get(
        "/api/users/{userId}/" + name,
        READ,
        ctx -> {
          String userId = QueryParameters.pathId(ctx, "userId");
          listResponse.answer(
              ctx,
              format,
              query,
              Map.of("userId", userId),
              ShopUser.EXISTS,
              () -> HttpProblem.notFound("user", userId));
        });
  }

  private void one(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    answer(ctx, clients.profile(userId).orElseThrow(() -> HttpProblem.notFound("user", userId)));
  }

  private static void answer(Context ctx, ClientProfile client) {
    EntityTag.json(ctx, client, ShopUser.of(client));
  }

  private void yearAhead(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    ctx.json(
        clients
            .yearAhead(userId, Instant.now())
            .orElseThrow(() -> HttpProblem.notFound("user", userId)));
  }

  private void create(Context ctx) {
    writes.take(ctx, 1);
    JsonFields body = JsonBody.object(ctx);
    String given = body.text("userId", 128);
    if (body.has("userId") && (given == null || given.isBlank())) {
      body.reject("userId", "has to be a text of 1 to 128 characters, or absent.");
    }
    ShopUser user = ShopUser.blank(given == null ? UUID.randomUUID().toString() : given).with(body);
    body.check();
    ClientProfile profile =
        changes
            .create(user, Requests.actor(ctx))
            .orElseThrow(
                () -> HttpProblem.taken("userId", "There is a user \"" + user.userId() + "\"."));
    Created.at(ctx, "/api/users", user.userId());
    answer(ctx, profile);
  }

  private void change(Context ctx) {
    writes.take(ctx, 1);
    String userId = QueryParameters.pathId(ctx, "userId");
    JsonFields body = JsonBody.object(ctx);
    // Read twice: the first time for its mistakes, which are reported before an unknown id.
    ShopUser.blank(userId).with(body);
    body.check();
    answer(
        ctx,
        changes
            .change(userId, EntityTag.demanded(ctx), user -> user.with(body), Requests.actor(ctx))
            .orElseThrow(() -> HttpProblem.notFound("user", userId)));
  }

  private void erase(Context ctx) {
    writes.take(ctx, 1);
    String userId = QueryParameters.pathId(ctx, "userId");
    long rows = changes.erase(userId, Requests.actor(ctx));
    if (rows == 0) {
      throw HttpProblem.notFound("user", userId);
    }
    ctx.status(HttpStatus.ACCEPTED).json(new Erasure(userId, rows));
  }

  private void override(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    requireOverrides();
    JsonFields body = JsonBody.object(ctx);
    Integer score = body.required("score", body.integer("score", 0, 100));
    String reason = body.text("reason", 500);
    Instant expiresAt = body.instant("expiresAt");
    Instant now = Instant.now();
    if (expiresAt != null
        && (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(MAX_OVERRIDE)))) {
      body.reject("expiresAt", "has to be in the next " + MAX_OVERRIDE.toDays() + " days.");
    }
    body.check();
    ctx.json(
        changes
            .override(userId, score, reason == null ? "" : reason, expiresAt, Requests.actor(ctx))
            .orElseThrow(() -> HttpProblem.notFound("user", userId)));
  }

  private void endOverride(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    requireOverrides();
    if (!changes.endOverride(userId, Requests.actor(ctx))) {
      throw HttpProblem.notFound("No override for the user \"" + userId + "\".");
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private void requireOverrides() {
    if (!overrides) {
      throw new HttpProblem(
          HttpStatus.FORBIDDEN,
          "Scores are not set by hand here: REKINDLE_DASHBOARD_SCORE_OVERRIDES is not true.");
    }
  }
}
