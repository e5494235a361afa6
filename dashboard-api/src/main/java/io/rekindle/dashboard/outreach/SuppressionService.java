package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
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
          select s.*, s.created_at as list_at, s.user_id as list_id,
            exists (select from engagement.emails e
              where e.user_id = s.user_id and e.status = 'READY') as email_waits
          from engagement.suppressions s
          """,
          Suppression.class);

  private static final String MANUAL = "MANUAL";

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  /**
   * The result of a request.
   *
   * @param suppressed clients who are suppressed from now on
   * @param unchanged clients who were suppressed before
   * @param waitingEmails emails to the newly suppressed that are ready: the sender cancels each
   *     when its turn comes, and sends none
   * @param userIds the clients who are suppressed from now on
   */
  record Suppressed(int suppressed, int unchanged, long waitingEmails, List<String> userIds) {}

  /**
   * The result of taking suppressions back.
   *
   * @param lifted clients who may be written to again
   * @param unchanged clients without a suppression that was set by hand
   */
  record Lifted(int lifted, int unchanged) {}

  public SuppressionService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  /**
   * A page of suppressions.
   *
   * @param cursor null for the first page
   */
  ListPage<Suppression> page(String cursor, int limit) {
    return snapshots.readOnce(handle -> ALL.page(handle, Map.of(), cursor, limit));
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
          return new Suppressed(
              added.size(), users.size() - added.size(), waitingEmails(handle, added), added);
        });
  }

  /** Lifts the suppressions of these clients that were set by hand. */
  Lifted lift(Actor actor, List<String> users) {
    return jdbi.inTransaction(
        handle -> {
          List<String> lifted =
              handle
                  .createQuery(
                      """
                      delete from engagement.suppressions
                      where user_id = any(:users) and reason = 'MANUAL' returning user_id
                      """)
                  .bindArray("users", String.class, List.copyOf(new LinkedHashSet<>(users)))
                  .mapTo(String.class)
                  .list();
          lifted.forEach(userId -> recordLift(handle, actor, userId, MANUAL, null));
          return new Lifted(lifted.size(), users.size() - lifted.size());
        });
  }

  /**
   * The result of lifting one.
   *
   * @param reason of the suppression
   * @param done whether it is lifted
   */
  record Lift(String reason, boolean done) {}

  /**
   * Lifts a suppression that was set by hand, that of an address that bounced, or that of a person
   * who unsubscribed and has consented again. The shop's consent alone does not lift one: it may
   * come from a system that does not know of the unsubscribe. A complaint stays.
   *
   * @param consent where and when the person consented again; null if not
   * @return empty if there is none of this client
   */
  Optional<Lift> lift(Actor actor, String userId, String consent) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Lift> lift =
              handle
                  .createQuery(
                      "select reason from engagement.suppressions where user_id = :id for update")
                  .bind("id", userId)
                  .mapTo(String.class)
                  .findOne()
                  .map(reason -> new Lift(reason, isLiftable(reason, consent)));
          if (lift.isPresent() && lift.get().done()) {
            handle.execute("delete from engagement.suppressions where user_id = ?", userId);
            recordLift(handle, actor, userId, lift.get().reason(), consent);
          }
          return lift;
        });
  }

  private static boolean isLiftable(String reason, String consent) {
    return switch (reason) {
      case MANUAL, "BOUNCED" -> true;
      case "UNSUBSCRIBED" -> consent != null;
      default -> false;
    };
  }

  private static void recordLift(
      Handle handle, Actor actor, String userId, String reason, String consent) {
    AuditLog.record(
        handle,
        actor,
        "DELETE",
        Subject.SUPPRESSION.ofClient(userId),
        Map.of("reason", reason),
        consent == null ? null : Map.of("consent", consent));
  }

  private static long waitingEmails(Handle handle, List<String> users) {
    return handle
        .createQuery(
            """
            select count(*) from engagement.emails
            where user_id = any(:users) and status = 'READY'
            """)
        .bindArray("users", String.class, users)
        .mapTo(Long.class)
        .one();
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
