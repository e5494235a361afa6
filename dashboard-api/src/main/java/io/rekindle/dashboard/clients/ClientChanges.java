package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/** Changes clients, each change in one transaction with its audit entry. Thread-safe. */
public final class ClientChanges {

  private final Jdbi jdbi;

  public ClientChanges(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Creates a client; empty if the id is taken. */
  Optional<ClientProfile> create(ShopUser user, Actor actor) {
    return jdbi.inTransaction(
        handle -> {
          if (!user.insert(handle)) {
            return Optional.empty();
          }
          AuditLog.record(
              handle, actor, "CREATE", Subject.USER.ofClient(user.userId()), null, user);
          return ClientProfileQuery.byId(handle, user.userId());
        });
  }

  /**
   * Changes a client; empty if the shop has none of that id.
   *
   * @param demand of the client before the change; what it throws ends the change
   */
  Optional<ClientProfile> change(
      String userId, Consumer<ShopUser> demand, UnaryOperator<ShopUser> change, Actor actor) {
    return jdbi.inTransaction(
        handle -> {
          ShopUser before = ShopUser.lock(handle, userId).orElse(null);
          if (before == null) {
            return Optional.empty();
          }
          demand.accept(before);
          ShopUser after = change.apply(before);
          if (!after.equals(before)) {
            after.update(handle);
            AuditLog.record(handle, actor, "CHANGE", Subject.USER.ofClient(userId), before, after);
          }
          return ClientProfileQuery.byId(handle, userId);
        });
  }

  /** Begins to erase a client and returns the number of rows; 0 if the client has none. */
  long erase(String userId, Actor actor) {
    return jdbi.inTransaction(
        handle -> {
          long rows = Erasures.begin(handle, userId, actor.name());
          if (rows > 0) {
            AuditLog.record(handle, actor, "ERASE", Subject.USER.of("erased"), null, null);
          }
          return rows;
        });
  }

  /**
   * Sets a score; empty if the shop has no client of that id.
   *
   * @param expiresAt null for a day from now
   */
  Optional<ScoreOverride> override(
      String userId, int score, String reason, Instant expiresAt, Actor actor) {
    return jdbi.inTransaction(
        handle -> {
          if (!ShopUser.exists(handle, userId)) {
            return Optional.empty();
          }
          ScoreOverride before = ScoreOverride.of(handle, userId).orElse(null);
          ScoreOverride after =
              ScoreOverride.set(handle, userId, score, reason, actor.name(), expiresAt);
          AuditLog.record(
              handle, actor, "SET", Subject.SCORE_OVERRIDE.ofClient(userId), before, after);
          return Optional.of(after);
        });
  }

  /** Ends an override; false if there is none. */
  boolean endOverride(String userId, Actor actor) {
    return jdbi.inTransaction(
        handle -> {
          ScoreOverride before = ScoreOverride.of(handle, userId).orElse(null);
          if (before == null) {
            return false;
          }
          ScoreOverride.remove(handle, userId);
          AuditLog.record(
              handle, actor, "END", Subject.SCORE_OVERRIDE.ofClient(userId), before, null);
          return true;
        });
  }
}
