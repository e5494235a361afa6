package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.list.KeysetQuery;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Adds and lifts suppressions. Thread-safe. */
public final class SuppressionService {

  /** All suppressions, the newest first; without parameters. */
  static final KeysetQuery<Suppression> ALL =
      new KeysetQuery<>(
          "suppressions",
          """
          select s.*, s.created_at as list_at, s.user_id as list_id
          from engagement.suppressions s
          """,
          Suppression.class);

  private static final String MANUAL = "MANUAL";

  private final Jdbi jdbi;

  /**
   * The result of a request.
   *
   * @param suppressed clients who are suppressed from now on
   * @param unchanged clients who were suppressed before
   */
  record Suppressed(int suppressed, int unchanged) {}

  public SuppressionService(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Suppressed add(Actor actor, List<String> users, String detail) {
    return jdbi.inTransaction(
        handle -> {
          List<String> added = insert(handle, users, detail, actor.name());
          for (String userId : added) {
            AuditLog.record(
                handle,
                actor,
                "CREATE",
                Subject.SUPPRESSION.ofClient(userId),
                null,
                Map.of("reason", MANUAL, "detail", detail));
          }
          return new Suppressed(added.size(), users.size() - added.size());
        });
  }

  /**
   * Lifts a suppression that was set by hand. Returns the reason of the suppression, which stays
   * unless the reason is MANUAL; empty if there is none of this client.
   */
  Optional<String> lift(Actor actor, String userId) {
    return jdbi.inTransaction(
        handle -> {
          Optional<String> reason =
              handle
                  .createQuery(
                      "select reason from engagement.suppressions where user_id = :id for update")
                  .bind("id", userId)
                  .mapTo(String.class)
                  .findOne();
          if (reason.filter(MANUAL::equals).isPresent()) {
            handle.execute("delete from engagement.suppressions where user_id = ?", userId);
            AuditLog.record(
                handle,
                actor,
                "DELETE",
                Subject.SUPPRESSION.ofClient(userId),
                Map.of("reason", MANUAL),
                null);
          }
          return reason;
        });
  }

  /** Returns the clients who were not suppressed, or for one address only. */
  private static List<String> insert(Handle handle, List<String> users, String detail, String by) {
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
}
