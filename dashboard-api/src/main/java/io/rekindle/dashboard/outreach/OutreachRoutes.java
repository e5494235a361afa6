package io.rekindle.dashboard.outreach;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.KeysetQuery;
import io.rekindle.dashboard.web.list.ListResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Outreach settings and suppressions. */
public final class OutreachRoutes implements Routes {

  private static final int MAX_AT_ONCE = 1_000;

  private static final KeysetQuery<Suppression> SUPPRESSIONS =
      new KeysetQuery<>(
          "suppressions",
          """
          select s.*, s.created_at as list_at, s.user_id as list_id
          from engagement.suppressions s
          """,
          (row, context) ->
              new Suppression(
                  row.getString("user_id"),
                  row.getString("address"),
                  row.getString("reason"),
                  row.getString("detail"),
                  row.getString("created_by"),
                  NullableColumns.instant(row, "created_at")));

  private static final CsvFormat<Suppression> SUPPRESSIONS_CSV =
      CsvFormat.of("suppressions", Suppression.class);

  private static final Duration PREVIEW_TIMEOUT = Duration.ofSeconds(10);

  private final Semaphore previews = new Semaphore(2);
  private final Jdbi jdbi;
  private final Jdbi longRunning;
  private final ListResponse listResponse;

  /**
   * Somebody who is not to be written to.
   *
   * @param address null for the person whatever their address
   * @param reason UNSUBSCRIBED, BOUNCED, COMPLAINT or MANUAL
   */
  public record Suppression(
      String userId,
      String address,
      String reason,
      String detail,
      String createdBy,
      Instant createdAt) {}

  /**
   * How many are not written to from now on.
   *
   * @param unchanged those who were not anyhow
   */
  record Suppressed(int suppressed, int unchanged) {}

  public OutreachRoutes(DashboardDatabase database, ListResponse listResponse) {
    this.jdbi = database.jdbi();
    this.longRunning = database.unlimited();
    this.listResponse = listResponse;
  }

  @Override
  public void register(Router router) {
    router.get("/api/outreach-settings", Access.VIEWER, ctx -> ctx.json(settings()));
    router.put("/api/outreach-settings", Access.ADMIN, this::change);
    router.post("/api/outreach-settings/preview", Access.ANALYST, this::preview);
    router.post("/api/outreach-settings/rollback", Access.ADMIN, this::rollBack);
    router.get(
        "/api/suppressions",
        Access.VIEWER,
        ctx ->
            listResponse.answer(
                ctx, QueryParameters.of(ctx), SUPPRESSIONS_CSV, SUPPRESSIONS, Map.of()));
    router.post("/api/suppressions", Access.ANALYST, this::suppress);
    router.delete("/api/suppressions/{userId}", Access.ANALYST, this::release);
  }

  public OutreachSettings settings() {
    return jdbi.withHandle(OutreachSettings::read);
  }

  private void change(Context ctx) {
    JsonFields body = Json.object(ctx);
    settings().with(body);
    body.check();
    ctx.json(jdbi.inTransaction(handle -> write(ctx, handle, body, "CHANGE")));
  }

  /** What the rules would lead to with the fields that the request names, and what they do now. */
  private void preview(Context ctx) throws InterruptedException {
    JsonFields body = Json.object(ctx);
    OutreachSettings before = settings();
    OutreachSettings after = before.with(body);
    body.check();
    // Each looks at everybody at risk: many at once would take the processors from everything else.
    if (!previews.tryAcquire(PREVIEW_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      throw HttpProblem.retryLater(
          HttpStatus.TOO_MANY_REQUESTS, "Other previews are under way: try again shortly.", 10);
    }
    try {
      ctx.json(
          longRunning.inTransaction(
              TransactionIsolationLevel.REPEATABLE_READ,
              handle -> {
                handle.execute("set local statement_timeout = '30s'");
                return OutreachPreview.of(handle, before, after);
              }));
    } finally {
      previews.release();
    }
  }

  /** As they were before the last change that the audit log has; a second time undoes that. */
  private void rollBack(Context ctx) {
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              ObjectNode before =
                  handle
                      .createQuery(
                          """
                          select before from dashboard.audit_log
                          where subject_kind = 'OUTREACH_SETTINGS' and before is not null
                          order by entry_id desc limit 1
                          """)
                      .map((row, context) -> (ObjectNode) Json.column(row.getString("before")))
                      .findOne()
                      .orElseThrow(() -> HttpProblem.conflict("Nothing was changed here before."));
              return write(ctx, handle, JsonFields.of(before), "ROLL_BACK");
            }));
  }

  private static OutreachSettings write(
      Context ctx, Handle handle, JsonFields fields, String action) {
    OutreachSettings before = OutreachSettings.lock(handle);
    OutreachSettings after = before.with(fields).write(handle, Principal.of(ctx).name());
    AuditLog.record(handle, Actor.of(ctx), action, Subject.OUTREACH_SETTINGS, null, before, after);
    return after;
  }

  private void suppress(Context ctx) {
    JsonFields body = Json.object(ctx, 4 * Json.MAX_BODY);
    List<String> users = body.texts("userIds", MAX_AT_ONCE, 128);
    if (body.mistakes() == 0 && (users == null || users.isEmpty() || users.contains(""))) {
      body.reject("userIds", "has to be a list of 1 to " + MAX_AT_ONCE + " ids.");
    }
    String given = body.text("detail", 1_000);
    String detail = given == null ? "" : given;
    body.check();
    List<String> added =
        jdbi.inTransaction(
            handle -> {
              List<String> suppressed = suppress(handle, users, detail, Principal.of(ctx).name());
              for (String userId : suppressed) {
                AuditLog.record(
                    handle,
                    Actor.of(ctx),
                    "CREATE",
                    Subject.SUPPRESSION,
                    userId,
                    userId,
                    null,
                    Map.of("reason", "MANUAL", "detail", detail));
              }
              return suppressed;
            });
    ctx.json(new Suppressed(added.size(), users.size() - added.size()));
  }

  /** Returns those who were not suppressed, or for one address only. */
  private static List<String> suppress(
      Handle handle, List<String> users, String detail, String by) {
    return handle
        .createQuery(
            """
            insert into engagement.suppressions as s (user_id, reason, detail, created_by)
            select user_id, 'MANUAL', :detail, :by
            from unnest(cast(:users as text[])) as u (user_id)
            on conflict (user_id) do update
              set address = null, reason = excluded.reason, detail = excluded.detail,
                created_by = excluded.created_by, created_at = now()
              where s.address is not null
            returning user_id
            """)
        .bindArray("users", String.class, List.copyOf(new LinkedHashSet<>(users)))
        .bind("detail", detail)
        .bind("by", by)
        .mapTo(String.class)
        .list();
  }

  /** Only what was set by hand: nobody here can take back what a client said. */
  private void release(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    jdbi.useTransaction(
        handle -> {
          String reason =
              handle
                  .createQuery(
                      "delete from engagement.suppressions where user_id = :id returning reason")
                  .bind("id", userId)
                  .mapTo(String.class)
                  .findOne()
                  .orElseThrow(() -> HttpProblem.notFound("No suppression of \"" + userId + "\"."));
          if (!reason.equals("MANUAL")) {
            throw HttpProblem.conflict(
                "This suppression is not ours to lift: its reason is " + reason + ".");
          }
          AuditLog.record(
              handle,
              Actor.of(ctx),
              "DELETE",
              Subject.SUPPRESSION,
              userId,
              userId,
              Map.of("reason", reason),
              null);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
