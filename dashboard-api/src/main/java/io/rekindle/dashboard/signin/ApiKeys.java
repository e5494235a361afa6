package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.access.ExpiredKeyException;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.platform.text.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.Nested;

/**
 * Keys for programs: {@code rk_} and 256 random bits, shown once, of which the database keeps a
 * digest. Thread-safe.
 */
public final class ApiKeys {

  private static final String BEARER = "Bearer ";
  private static final String PREFIX = "rk_";
  private static final String COLUMNS =
      "key_id, name, prefix, scopes, created_by, created_at, last_used_at, expires_at, revoked_at";

  private final Jdbi jdbi;

  /**
   * A key without its secret.
   *
   * @param prefix its first characters
   * @param lastUsedAt to the minute; null if never
   * @param expiresAt from then on it is refused; null if it does not expire
   * @param revokedAt null if it is good
   */
  public record ApiKey(
      String keyId,
      String name,
      String prefix,
      List<String> scopes,
      String createdBy,
      Instant createdAt,
      Instant lastUsedAt,
      Instant expiresAt,
      Instant revokedAt) {

    /** Whether it is refused because of its age, revoked or not. */
    public boolean isExpired(Instant now) {
      return expiresAt != null && !expiresAt.isAfter(now);
    }
  }

  /**
   * A new key.
   *
   * @param secret sent by the program; it cannot be shown again
   */
  public record NewApiKey(ApiKey key, String secret) {}

  public ApiKeys(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** All keys, the newest first, revoked ones included. */
  public List<ApiKey> all() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select " + COLUMNS + " from dashboard.api_keys order by created_at desc")
                .mapTo(ApiKey.class)
                .list());
  }

  /**
   * Makes a key.
   *
   * @param expiresAt null for a key that does not expire
   */
  public NewApiKey create(Actor actor, String name, Set<Scope> scopes, Instant expiresAt) {
    String secret = PREFIX + Passwords.token();
    return jdbi.inTransaction(
        handle -> {
          ApiKey key =
              handle
                  .createQuery(
                      """
                      insert into dashboard.api_keys
                        (name, key_hash, prefix, scopes, created_by, expires_at)
                      values (:name, :hash, :prefix, :scopes, :by, :expiresAt)
                      returning
                      """
                          + COLUMNS)
                  .bind("name", name)
                  .bind("hash", Digest.of(secret))
                  .bind("prefix", secret.substring(0, 9))
                  .bindArray(
                      "scopes", String.class, scopes.stream().map(Scope::text).sorted().toList())
                  .bind("by", actor.name())
                  .bind("expiresAt", expiresAt)
                  .mapTo(ApiKey.class)
                  .one();
          AuditLog.record(handle, actor, "CREATE", Subject.API_KEY.of(key.keyId()), null, key);
          return new NewApiKey(key, secret);
        });
  }

  /** Returns false if there is no valid key of this id. */
  public boolean revoke(Actor actor, String keyId) {
    return jdbi.inTransaction(
        handle -> {
          Optional<ApiKey> revoked =
              handle
                  .createQuery(
                      """
                      update dashboard.api_keys set revoked_at = now()
                      where key_id = :id and revoked_at is null
                      returning
                      """
                          + COLUMNS)
                  .bind("id", keyId)
                  .mapTo(ApiKey.class)
                  .findOne();
          revoked.ifPresent(
              key ->
                  AuditLog.record(handle, actor, "REVOKE", Subject.API_KEY.of(keyId), null, key));
          return revoked.isPresent();
        });
  }

  /**
   * The key of a header Authorization; empty if it has no valid one.
   *
   * @throws ExpiredKeyException if the key has expired
   */
  public Optional<Principal> principal(String header) {
    if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length()) || header.length() > 100) {
      return Optional.empty();
    }
    byte[] hash = Digest.of(header.substring(BEARER.length()).strip());
    return jdbi.withHandle(
        handle -> {
          Optional<Found> found =
              handle
                  .createQuery(
                      "select "
                          + COLUMNS
                          // By the database's clock, as sessions are.
                          + ", coalesce(expires_at <= now(), false) as expired from"
                          + " dashboard.api_keys where key_hash = :hash and revoked_at is null")
                  .bind("hash", hash)
                  .mapTo(Found.class)
                  .findOne();
          Optional<ApiKey> key = found.map(Found::key);
          if (key.isPresent()) {
            if (found.get().expired()) {
              throw new ExpiredKeyException(key.get().prefix(), key.get().expiresAt());
            }
            handle
                .createUpdate(
                    """
                    update dashboard.api_keys set last_used_at = now()
                    where key_hash = :hash
                      and coalesce(last_used_at < now() - interval '1 minute', true)
                    """)
                .bind("hash", hash)
                .execute();
          }
          return key.map(ApiKeys::principal);
        });
  }

  private record Found(@Nested ApiKey key, boolean expired) {}

  private static Principal principal(ApiKey key) {
    return Principal.key(
        key.keyId(),
        key.name(),
        key.scopes().stream()
            .flatMap(text -> Scope.of(text).stream())
            .collect(Collectors.toUnmodifiableSet()));
  }
}
