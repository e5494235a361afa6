package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Role;
import io.rekindle.platform.text.Digest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Sessions of browsers. A session's token has 256 random bits, of which the database keeps a
 * digest. A session ends when no person has used it for a while, when it is old, and with its
 * account. Thread-safe.
 */
public final class Sessions {

  private final Jdbi jdbi;
  private final Duration idle;
  private final Duration max;

  /**
   * @param idle how long a session lasts without a request of a person
   * @param max how long it lasts at all
   */
  public Sessions(Jdbi jdbi, Duration idle, Duration max) {
    this.jdbi = jdbi;
    this.idle = idle;
    this.max = max;
  }

  /**
   * A session that has begun.
   *
   * @param token value of the browser's cookie
   * @param csrfToken sent with every request that changes something
   * @param seconds how long the browser keeps the cookie
   */
  record NewSession(String token, String csrfToken, long seconds) {}

  /**
   * Signs the account in.
   *
   * @param byOidc whether an OpenID provider identified the person
   */
  NewSession begin(Handle handle, String accountId, boolean byOidc) {
    String token = Passwords.token();
    handle.execute("delete from dashboard.sessions where expires_at < now()");
    handle
        .createUpdate(
            """
            insert into dashboard.sessions (token_hash, account_id, by_oidc, expires_at)
            values (:hash, :account, :byOidc, now() + make_interval(secs => :seconds))
            """)
        .bind("hash", Digest.of(token))
        .bind("account", accountId)
        .bind("byOidc", byOidc)
        .bind("seconds", max.toSeconds())
        .execute();
    return new NewSession(token, csrfToken(token), max.toSeconds());
  }

  /**
   * Ends a session. Returns whether it began at an OpenID provider.
   *
   * @param token null for no session
   */
  boolean end(String token) {
    return token != null
        && jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "delete from dashboard.sessions where token_hash = :hash returning by_oidc")
                    .bind("hash", Digest.of(token))
                    .mapTo(Boolean.class)
                    .findOne()
                    .orElse(false));
  }

  /**
   * Ends the sessions of an account, except one.
   *
   * @param exceptToken of the session that stays; null for none
   */
  public void endAll(Handle handle, String accountId, String exceptToken) {
    handle
        .createUpdate(
            "delete from dashboard.sessions where account_id = :account and token_hash <> :hash")
        .bind("account", accountId)
        .bind("hash", Digest.of(exceptToken == null ? "" : exceptToken))
        .execute();
  }

  /**
   * The account of a session; empty if the session is unknown or over.
   *
   * @param token null for no session
   * @param background whether a page asks by itself, which does not keep the session alive
   */
  public Optional<Principal> principal(String token, boolean background) {
    if (token == null || token.length() > 100) {
      return Optional.empty();
    }
    byte[] hash = Digest.of(token);
    return jdbi.withHandle(
        handle -> {
          Optional<Found> found =
              handle
                  .createQuery(
                      """
                      select account_id, email, role,
                             last_seen_at < now() - interval '1 minute' as seen_long_ago
                      from dashboard.sessions join dashboard.accounts using (account_id)
                      where token_hash = :hash and expires_at > now() and not disabled
                        and last_seen_at > now() - make_interval(secs => :idle)
                      """)
                  .bind("hash", hash)
                  .bind("idle", idle.toSeconds())
                  .mapTo(Found.class)
                  .findOne();
          // A write for every request would be many; a minute's accuracy is enough.
          if (!background && found.isPresent() && found.get().seenLongAgo()) {
            handle
                .createUpdate(
                    "update dashboard.sessions set last_seen_at = now() where token_hash = :hash")
                .bind("hash", hash)
                .execute();
          }
          return found.map(
              account ->
                  Principal.account(
                      account.accountId(), account.email(), account.role(), csrfToken(token)));
        });
  }

  private record Found(String accountId, String email, Role role, boolean seenLongAgo) {}

  /** Follows from the cookie's token, which no other site can read, and does not give it away. */
  private static String csrfToken(String token) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Digest.of("csrf " + token));
  }
}
