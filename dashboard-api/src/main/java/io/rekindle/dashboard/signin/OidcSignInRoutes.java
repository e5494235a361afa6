package io.rekindle.dashboard.signin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.AddressGroup;
import io.rekindle.dashboard.access.RateLimit;
import io.rekindle.dashboard.access.TooManyRequestsException;
import io.rekindle.dashboard.signin.OidcAttempts.PendingAttempt;
import io.rekindle.dashboard.signin.OidcProvider.Attempt;
import io.rekindle.dashboard.signin.OidcProvider.Identity;
import io.rekindle.dashboard.signin.Sessions.NewSession;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.ClientAddress;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.dashboard.web.UrlPart;
import io.rekindle.platform.text.Digest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in at an OpenID provider: authorization code flow with PKCE, state and nonce.
 *
 * <p>An attempt is kept in the database for ten minutes and used once. The browser that began it
 * has a cookie for it, so that a link from another person signs no browser in. An account belongs
 * to an issuer and a subject, never to an address, which the provider may give to another person
 * one day. The provider sets the account's role at each sign-in.
 */
public final class OidcSignInRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(OidcSignInRoutes.class);
  private static final String CALLBACK = "/sign-in/oidc/callback";

  private final SignInService service;
  private final OidcAttempts attempts;
  private final OidcProvider provider;
  private final String clientId;
  private final Supplier<URI> ownAddress;
  private final SecretCookie sessionCookie;
  private final SecretCookie attemptCookie;
  private final RateLimit byAddress = new RateLimit(60, Duration.ofMinutes(1));

  /**
   * @param ownAddress where browsers reach the dashboard, without a path
   */
  public OidcSignInRoutes(
      SignInService service,
      OidcAttempts attempts,
      SecretCookie sessionCookie,
      OidcSettings settings,
      Supplier<URI> ownAddress) {
    this.service = service;
    this.attempts = attempts;
    this.provider = new OidcProvider(settings, Clock.systemUTC());
    this.clientId = settings.clientId();
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
      attemptCookie.set(ctx, attempts.begin(attempt, next), OidcAttempts.LIFETIME.toSeconds());
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
        throw SignInProblem.EXPIRED.because("The state is not that of this browser's attempt.");
      }
      if (!parameter(ctx, "error").isEmpty()) {
        throw SignInProblem.DENIED.because(
            "The provider says " + parameter(ctx, "error").replaceAll("[^\\x20-\\x7e]", "?"));
      }
      Identity identity = provider.identify(code, begun.attempt(), callback());
      NewSession session = service.byOidc(identity, ClientAddress.of(ctx));
      sessionCookie.set(ctx, session.token(), session.seconds());
      ctx.redirect(next, HttpStatus.SEE_OTHER);
    } catch (OidcSignInException e) {
      refuse(ctx, e, next);
    }
  }

  private boolean tooMany(Context ctx, String next) {
    try {
      byAddress.take(AddressGroup.of(ClientAddress.of(ctx)), 1);
      return false;
    } catch (TooManyRequestsException e) {
      SignInRoutes.sendBack(ctx, SignInProblem.LATER, next);
      return true;
    }
  }

  /**
   * Ends the provider's session, too, if it has an address for that. Without a token as a hint, the
   * provider knows by the client id whose address it may send the browser back to (OpenID Connect
   * RP-Initiated Logout 1.0, 2).
   */
  private void signOut(Context ctx) {
    String back = ownAddress.get() + "/sign-in";
    ctx.redirect(
        provider
            .endSessionAddress()
            .map(
                end ->
                    end
                        + (end.getQuery() == null ? "?" : "&")
                        + "client_id="
                        + UrlPart.encode(clientId)
                        + "&post_logout_redirect_uri="
                        + UrlPart.encode(back))
            .orElse(back),
        HttpStatus.SEE_OTHER);
  }

  private void refuse(Context ctx, OidcSignInException refusal, String next) {
    LOG.warn("Sign-in at the provider: {}", refusal.getMessage());
    service.refuse(null, ClientAddress.of(ctx), Map.of("problem", refusal.problem().word()));
    SignInRoutes.sendBack(ctx, refusal.problem(), next);
  }

  /** The attempt that this browser began, which is then over. */
  private PendingAttempt take(Context ctx) throws OidcSignInException {
    String token = attemptCookie.take(ctx);
    Optional<PendingAttempt> begun =
        token == null || token.length() > 100 ? Optional.empty() : attempts.take(token);
    return begun.orElseThrow(
        () -> SignInProblem.EXPIRED.because("This browser has begun no sign-in, or too long ago."));
  }

  private URI callback() {
    return URI.create(ownAddress.get() + CALLBACK);
  }

  private static String parameter(Context ctx, String name) {
    String value = ctx.queryParam(name);
    return value == null || value.length() > 4_000 ? "" : value;
  }
}
