package io.rekindle.dashboard.signin;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Principal;
import io.rekindle.dashboard.web.Role;
import io.rekindle.dashboard.web.SecretCookie;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Who is signed in, by a cookie with 256 random bits of which the database keeps a digest. A
 * session ends when it has not been used for a while, when it is old, and with its account.
 * Thread-safe.
 */
public final class Sessions {

  private final Jdbi jdbi;
  private final SecretCookie cookie;
  private final Duration idle;
  private final Duration longest;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param https whether browsers reach the dashboard by https
   * @param idle how long a session lasts without a request
   * @param longest how long it lasts at all
   */
  public Sessions(Jdbi jdbi, boolean https, Duration idle, Duration longest) {
    this.jdbi = jdbi;
    this.cookie = SecretCookie.of("rekindle_session", https);
    this.idle = idle;
    this.longest = longest;
  }

  /**
   * Signs the account in and gives the browser its cookie. Returns the session's CSRF token.
   *
   * @param byOidc whether an OpenID provider said who it is
   */
  String begin(Context ctx, Handle handle, String accountId, boolean byOidc) {
    String token = Passwords.token(random);
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
        .bind("seconds", longest.toSeconds())
        .execute();
    cookie.set(ctx, token, longest.toSeconds());
    return csrfToken(token);
  }

  /** Signs out whoever sent the request. Returns whether they had signed in at a provider. */
  boolean end(Context ctx) {
    String token = cookie.read(ctx);
    cookie.remove(ctx);
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

  /** Signs the account out everywhere, except perhaps where this request comes from. */
  public void endAll(Context ctx, Handle handle, String accountId) {
    String token = cookie.read(ctx);
    handle
        .createUpdate(
            "delete from dashboard.sessions where account_id = :account and token_hash <> :hash")
        .bind("account", accountId)
        .bind("hash", Digest.of(token == null ? "" : token))
        .execute();
  }

  /** Who is signed in by the request's cookie, if anybody. */
  public Optional<Principal> principal(Context ctx) {
    String token = cookie.read(ctx);
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
                  .map(
                      (row, context) ->
                          new Found(
                              Principal.account(
                                  row.getString("account_id"),
                                  row.getString("email"),
                                  Role.valueOf(row.getString("role")),
                                  csrfToken(token)),
                              row.getBoolean("seen_long_ago")))
                  .findOne();
          // A write for every request would be many; a minute's accuracy is enough.
          if (found.isPresent() && found.get().seenLongAgo()) {
            handle
                .createUpdate(
                    "update dashboard.sessions set last_seen_at = now() where token_hash = :hash")
                .bind("hash", hash)
                .execute();
          }
          return found.map(Found::principal);
        });
  }

  private record Found(Principal principal, boolean seenLongAgo) {}

  /** Follows from the cookie's token, which no other site can read, and does not give it away. */
  private static String csrfToken(String token) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Digest.of("csrf " + token));
  }
}
