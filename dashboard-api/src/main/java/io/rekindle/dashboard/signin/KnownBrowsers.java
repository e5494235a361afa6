package io.rekindle.dashboard.signin;

import io.rekindle.platform.text.Digest;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Browsers that have signed in to an account by password. Such a browser proves it by a token of
 * 256 random bits, of which the database keeps a digest. The token does not sign in: it only keeps
 * the failed attempts of other people from counting against the owner. Thread-safe.
 */
public final class KnownBrowsers {

  static final Duration LIFETIME = Duration.ofDays(365);

  /** The most that are kept of an account, the newest. */
  private static final int MAX_PER_ACCOUNT = 20;

  private final Jdbi jdbi;

  public KnownBrowsers(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Whether the browser has signed in to this account before.
   *
   * @param token null if the browser sent none
   */
  boolean knows(String token, String email) {
    return token != null
        && token.length() <= 100
        && jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select exists (
                          select from dashboard.known_browsers join dashboard.accounts using (account_id)
                          where token_hash = :hash and lower(email) = lower(:email)
                            and expires_at > now())
                        """)
                    .bind("hash", Digest.of(token))
                    .bind("email", email)
                    .mapTo(Boolean.class)
                    .one());
  }

  /**
   * Remembers a browser and returns its token, which replaces the one that it sent.
   *
   * @param previousToken null if the browser sent none
   */
  static String remember(Handle handle, String accountId, String previousToken) {
    String token = Passwords.token();
    handle
        .createUpdate(
            """
            delete from dashboard.known_browsers
            where expires_at < now() or (account_id = :account and (token_hash = :previous
              or token_hash in (
                select token_hash from dashboard.known_browsers where account_id = :account
                order by expires_at desc offset :kept)))
            """)
        .bind("account", accountId)
        .bind("previous", Digest.of(previousToken == null ? "" : previousToken))
        .bind("kept", MAX_PER_ACCOUNT - 1)
        .execute();
    handle
        .createUpdate(
            """
            insert into dashboard.known_browsers (token_hash, account_id, expires_at)
            values (:hash, :account, now() + make_interval(secs => :seconds))
            """)
        .bind("hash", Digest.of(token))
        .bind("account", accountId)
        .bind("seconds", LIFETIME.toSeconds())
        .execute();
    return token;
  }
}
