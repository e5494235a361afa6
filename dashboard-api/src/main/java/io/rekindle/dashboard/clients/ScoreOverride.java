package io.rekindle.dashboard.clients;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A score that was set by hand, to test its consequences. */
public record ScoreOverride(
    String userId, int score, String reason, String setBy, Instant setAt, Instant expiresAt) {

  /** Empty if there is none. */
  static Optional<ScoreOverride> of(Handle handle, String userId) {
    return handle
        .createQuery("select * from engagement.score_overrides where user_id = :id")
        .bind("id", userId)
        .mapTo(ScoreOverride.class)
        .findOne();
  }

  /**
   * Sets it.
   *
   * @param expiresAt null for a day from now
   */
  static ScoreOverride set(
      Handle handle, String userId, int score, String reason, String setBy, Instant expiresAt) {
    return handle
        .createQuery(
            """
            insert into engagement.score_overrides (user_id, score, reason, set_by, expires_at)
            values (:id, :score, :reason, :by,
                coalesce(cast(:expires as timestamptz), now() + interval '1 day'))
            on conflict (user_id) do update
              set score = excluded.score, reason = excluded.reason, set_by = excluded.set_by,
                set_at = now(), expires_at = excluded.expires_at
            returning *
            """)
        .bind("id", userId)
        .bind("score", score)
        .bind("reason", reason)
        .bind("by", setBy)
        .bind("expires", expiresAt)
        .mapTo(ScoreOverride.class)
        .one();
  }

  static void remove(Handle handle, String userId) {
    handle
        .createUpdate("delete from engagement.score_overrides where user_id = :id")
        .bind("id", userId)
        .execute();
  }
}
