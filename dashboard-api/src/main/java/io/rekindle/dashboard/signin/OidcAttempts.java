package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.signin.OidcProvider.Attempt;
import io.rekindle.platform.text.Digest;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.Nested;

/** The sign-ins that browsers have begun at a provider; each is used once. Thread-safe. */
public final class OidcAttempts {

  static final Duration LIFETIME = Duration.ofMinutes(10);

  private final Jdbi jdbi;

  /**
   * An attempt that a browser has begun.
   *
   * @param next the page to show after the sign-in
   * @param good false if the attempt is too old
   */
  record PendingAttempt(@Nested Attempt attempt, String next, boolean good) {}

  public OidcAttempts(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Stores an attempt and returns the token by which its browser takes it again. */
  String begin(Attempt attempt, String next) {
    String token = Passwords.token();
    jdbi.useTransaction(
        handle -> {
          handle.execute("delete from dashboard.oidc_attempts where expires_at < now()");
          handle
              .createUpdate(
                  """
                  insert into dashboard.oidc_attempts
                    (token_hash, state, nonce, code_verifier, next, expires_at)
                  values (:hash, :state, :nonce, :codeVerifier, :next,
                    now() + make_interval(secs => :seconds))
                  """)
              .bind("hash", Digest.of(token))
              .bind("state", attempt.state())
              .bind("nonce", attempt.nonce())
              .bind("codeVerifier", attempt.codeVerifier())
              .bind("next", next)
              .bind("seconds", LIFETIME.toSeconds())
              .execute();
        });
    return token;
  }

  /** Takes the attempt of a token, which is then over. Empty if there is none, or it is too old. */
  Optional<PendingAttempt> take(String token) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        delete from dashboard.oidc_attempts
                        where token_hash = :hash
                        returning state, nonce, code_verifier, next, expires_at > now() as good
                        """)
                    .bind("hash", Digest.of(token))
                    .mapTo(PendingAttempt.class)
                    .findOne())
        .filter(PendingAttempt::good);
  }
}
