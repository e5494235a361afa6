package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.http.Access.ANALYST;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Caller;
import io.rekindle.dashboard.http.Fields;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.RateLimit;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.security.AuditLog;
import io.rekindle.dashboard.security.AuditLog.Subject;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** The addresses by which people are taken off the list of those who are written to. */
public final class SuppressionsArea implements Area {

  private static final int MOST_AT_ONCE = 500;

  private final Jdbi jdbi;
  private final RateLimit writes;

  /**
   * How many are not written to from now on.
   *
   * @param unchanged those who were not anyhow, or whom the shop does not know
   */
  private record Suppressed(int suppressed, int unchanged) {}

  public SuppressionsArea(Jdbi jdbi, RateLimit writes) {
    this.jdbi = jdbi;
    this.writes = writes;
  }

  @Override
  public void register(Router router) {
    router.post("/api/suppressions", ANALYST, this::suppress);
    router.delete("/api/suppressions/{userId}", ANALYST, this::allow);
  }

  private void suppress(Context ctx) {
    writes.take(Caller.of(ctx).id(), 1);
    Fields body = Json.object(ctx);
    List<String> userIds = body.texts("userIds", MOST_AT_ONCE, 128);
    String detail = body.text("detail", 500);
    if (userIds == null || userIds.isEmpty()) {
      body.reject("userIds", "has to name at least one client.");
    }
    body.check();
    int suppressed =
        jdbi.inTransaction(
            handle -> {
              // A suppression of one address becomes one of the person.
              List<String> changed =
                  handle
                      .createQuery(
                          """
                          insert into engagement.suppressions as s
                            (user_id, reason, detail, created_by)
                          select user_id, 'MANUAL', :detail, :by
                          from shop.users where user_id = any(:ids)
                          on conflict (user_id) do update
                            set address = null, reason = excluded.reason, detail = excluded.detail,
                              created_by = excluded.created_by
                            where s.address is not null
                          returning user_id
                          """)
                      .bind("detail", detail == null ? "" : detail)
                      .bind("by", Caller.of(ctx).name())
                      .bindArray("ids", String.class, userIds)
                      .mapTo(String.class)
                      .list();
              for (String userId : changed) {
                AuditLog.record(
                    handle, ctx, "SET", Subject.SUPPRESSION, userId, userId, null, Map.of());
              }
              return changed.size();
            });
    ctx.json(new Suppressed(suppressed, userIds.size() - suppressed));
  }

  private void allow(Context ctx) {
    writes.take(Caller.of(ctx).id(), 1);
    String userId = Query.pathId(ctx, "userId");
    jdbi.useTransaction(
        handle -> {
          int gone =
              handle
                  .createUpdate("delete from engagement.suppressions where user_id = :id")
                  .bind("id", userId)
                  .execute();
          if (gone == 0) {
            throw Refusal.notFound("\"" + userId + "\" is not suppressed.");
          }
          AuditLog.record(handle, ctx, "END", Subject.SUPPRESSION, userId, userId, null, null);
        });
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
