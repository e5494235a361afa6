package io.rekindle.dashboard.signin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.signin.OidcProvider.Attempt;
import io.rekindle.dashboard.signin.OidcProvider.Identity;
import io.rekindle.dashboard.signin.Sessions.NewSession;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.ClientAddress;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.RateLimit;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.platform.text.Digest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in at an OpenID provider: authorization code flow with PKCE, state and nonce.
 *
 * <p>An attempt is kept in the database for ten minutes and used once; the browser that began it
 * has a cookie of its own, so that nobody can be signed in by a link that somebody else sends. An
 * account belongs to an issuer and a subject, never to an address, which the provider may give to
 * somebody else one day. Its role is what the provider says at each sign-in.
 */
public final class OidcSignInRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(OidcSignInRoutes.class);
  private static final String CALLBACK = "/sign-in/oidc/callback";
  private static final Duration ATTEMPT_LIFETIME = Duration.ofMinutes(10);

  private final Jdbi jdbi;
  private final Sessions sessions;
  private final OidcProvider provider;
  private final Supplier<URI> ownAddress;
  private final SecretCookie sessionCookie;
  private final SecretCookie attemptCookie;
  private final SecureRandom random = new SecureRandom();
  private final RateLimit byAddress = new RateLimit(60, Duration.ofMinutes(1));

  private record PendingAttempt(Attempt attempt, String next) {}

  /**
   * @param ownAddress where browsers reach the dashboard, without a path
   */
  public OidcSignInRoutes(
      Jdbi jdbi,
      Sessions sessions,
      SecretCookie sessionCookie,
      OidcSettings settings,
      Supplier<URI> ownAddress) {
    this.jdbi = jdbi;
    this.sessions = sessions;
    this.provider = new OidcProvider(settings, Clock.systemUTC());
    this.ownAddress = ownAddress;
    this.sessionCookie = sessionCookie;
    this.attemptCookie = SecretCookie.of("rekindle_oidc", sessionCookie.secure());
  }

  @Override
  public void register(Router router) {
    router.get("/sign-in/oidc", Access.PUBLIC, this::begin);
    router.get(CALLBACK, Access.PUBLIC, this::handleCallback);
    router.get("/sign-out/oidc", Access.PUBLIC, this::signOut);
  }

  private void begin(Context ctx) {
    String next = SignInRoutes.ownPath(ctx.queryParam("next"));
    if (tooMany(ctx, next)) {
      return;
    }
    try {
      Attempt attempt = Attempt.begin();
      URI target = provider.authorizationAddress(attempt, callback());
      String token = Passwords.token(random);
      jdbi.useTransaction(handle -> store(handle, token, attempt, next));
      attemptCookie.set(ctx, token, ATTEMPT_LIFETIME.toSeconds());
      ctx.redirect(target.toString(), HttpStatus.SEE_OTHER);
    } catch (OidcSignInException e) {
      refuse(ctx, e, next);
    }
  }

  private void handleCallback(Context ctx) {
    String next = "/";
    // Each refusal is an entry of the audit log.
    if (tooMany(ctx, next)) {
      return;
    }
    try {
      PendingAttempt begun = take(ctx);
      next = begun.next();
      String code = parameter(ctx, "code");
      String state = parameter(ctx, "state");
      if (!Digest.sameSecret(state, begun.attempt().state())) {
        throw new OidcSignInException(
            SignInProblem.EXPIRED, "The state is not that of this browser's attempt.");
      }
      if (!parameter(ctx, "error").isEmpty()) {
        throw new OidcSignInException(
            SignInProblem.DENIED,
            "The provider says " + parameter(ctx, "error").replaceAll("[^\\x20-\\x7e]", "?"));
      }
      Identity identity = provider.identify(code, begun.attempt(), callback());
      signIn(ctx, identity);
      ctx.redirect(next, HttpStatus.SEE_OTHER);
    } catch (OidcSignInException e) {
      refuse(ctx, e, next);
    }
  }

  private boolean tooMany(Context ctx, String next) {
    try {
      byAddress.take(ClientAddress.of(ctx), 1);
      return false;
    } catch (HttpProblem e) {
      SignInRoutes.sendBack(ctx, SignInProblem.LATER, next);
      return true;
    }
  }

  private void signIn(Context ctx, Identity identity) throws OidcSignInException {
    String address = ClientAddress.of(ctx);
    NewSession begun =
        jdbi.inTransaction(
            handle -> {
              Account account = Identities.account(handle, identity, address);
              Accounts.signedIn(handle, account.accountId());
              AuditLog.signIn(
                  handle, account.email(), address, true, Map.of("issuer", identity.issuer()));
              return sessions.begin(handle, account.accountId(), true);
            });
    sessionCookie.set(ctx, begun.token(), begun.seconds());
  }

  /** Ends the provider's session, too, if it has an address for that. */
  private void signOut(Context ctx) {
    String back = ownAddress.get() + "/sign-in";
    ctx.redirect(
        provider
            .endSessionAddress()
            .map(
                end ->
                    end
                        + (end.getQuery() == null ? "?" : "&")
                        + "post_logout_redirect_uri="
                        + encoded(back))
            .orElse(back),
        HttpStatus.SEE_OTHER);
  }

  private void refuse(Context ctx, OidcSignInException refusal, String next) {
    LOG.warn("Sign-in at the provider: {}", refusal.getMessage());
    jdbi.useHandle(
        handle ->
            AuditLog.signIn(
                handle,
                null,
                ClientAddress.of(ctx),
                false,
                Map.of("problem", refusal.problem().word())));
    SignInRoutes.sendBack(ctx, refusal.problem(), next);
  }

  private static void store(Handle handle, String token, Attempt attempt, String next) {
    handle.execute("delete from dashboard.oidc_attempts where expires_at < now()");
    handle
        .createUpdate(
            """
            insert into dashboard.oidc_attempts
              (token_hash, state, nonce, code_verifier, next, expires_at)
            values (:hash, :state, :nonce, :verifier, :next,
              now() + make_interval(secs => :seconds))
            """)
        .bind("hash", Digest.of(token))
        .bind("state", attempt.state())
        .bind("nonce", attempt.nonce())
        .bind("verifier", attempt.codeVerifier())
        .bind("next", next)
        .bind("seconds", ATTEMPT_LIFETIME.toSeconds())
        .execute();
  }

  /** The attempt that this browser began, which is then over. */
  private PendingAttempt take(Context ctx) throws OidcSignInException {
    String token = attemptCookie.take(ctx);
    Optional<PendingAttempt> begun =
        token == null || token.length() > 100
            ? Optional.empty()
            : jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            delete from dashboard.oidc_attempts
                            where token_hash = :hash
                            returning state, nonce, code_verifier, next, expires_at > now() as good
                            """)
                        .bind("hash", Digest.of(token))
                        .map(
                            (row, context) ->
                                row.getBoolean("good")
                                    ? new PendingAttempt(
                                        new Attempt(
                                            row.getString("state"),
                                            row.getString("nonce"),
                                            row.getString("code_verifier")),
                                        row.getString("next"))
                                    : null)
                        .findOne());
    return begun.orElseThrow(
        () ->
            new OidcSignInException(
                SignInProblem.EXPIRED, "This browser has begun no sign-in, or too long ago."));
  }

  private URI callback() {
    return URI.create(ownAddress.get() + CALLBACK);
  }

  private static String parameter(Context ctx, String name) {
    String value = ctx.queryParam(name);
    return value == null || value.length() > 4_000 ? "" : value;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
