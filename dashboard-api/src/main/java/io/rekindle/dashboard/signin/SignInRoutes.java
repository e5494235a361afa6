package io.rekindle.dashboard.signin;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.access.TooManyRequestsException;
import io.rekindle.dashboard.signin.Sessions.NewSession;
import io.rekindle.dashboard.signin.SignInService.SignedIn;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.ClientAddress;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.dashboard.web.UrlPart;
import java.util.Optional;
import java.util.Set;

/** Signing in and out, by the page's form or by JSON, and the password of one's own. */
public final class SignInRoutes implements Routes {

  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private final SignInService service;
  private final Sessions sessions;
  private final SecretCookie cookie;
  private final boolean enabled;
  private final KnownBrowsers browsers;
  private final SecretCookie browserCookie;
  private final SignInLimits limits = new SignInLimits();

  /**
   * The session as its browser sees it.
   *
   * @param csrfToken to be sent in the header X-CSRF-Token with every request that changes
   *     something
   */
  public record Session(String accountId, String email, Role role, String csrfToken) {}

  /**
   * @param enabled whether passwords are enabled at all
   */
  public SignInRoutes(
      SignInService service,
      Sessions sessions,
      KnownBrowsers browsers,
      SecretCookie cookie,
      boolean enabled) {
    this.service = service;
    this.sessions = sessions;
    this.browsers = browsers;
    this.cookie = cookie;
    this.browserCookie = SecretCookie.of("rekindle_browser", cookie.secure());
    this.enabled = enabled;
  }

  @Override
  public void register(Router router) {
    router.post("/sign-in", Access.PUBLIC, this::byForm);
    router.post("/sign-out", Access.VIEWER, this::signOut);
    router.post("/api/session", Access.PUBLIC, this::byJson);
    router.get("/api/session", Access.VIEWER, ctx -> ctx.json(session(Requests.principal(ctx))));
    router.delete("/api/session", Access.VIEWER, this::endSession);
    router.put("/api/session/password", Access.VIEWER, this::changePassword);
  }

  private void byJson(Context ctx) {
    requireEnabled();
    fromOwnSite(ctx);
    JsonFields body = JsonBody.object(ctx);
    String email = body.requiredText("email", 320);
    String password = body.requiredText("password", Passwords.MAX_LENGTH);
    body.check();
    ctx.status(HttpStatus.CREATED)
        .header("Location", "/api/session")
        .json(
            signIn(ctx, email, password)
                .orElseThrow(
                    () ->
                        new HttpProblem(
                            HttpStatus.UNAUTHORIZED, "Email address or password is wrong.")));
  }

  /** Leads on to the page that was asked for, or back to the form, which says what was wrong. */
  private void byForm(Context ctx) {
    requireEnabled();
    fromOwnSite(ctx);
    String email = formParam(ctx, "email", 320);
    String password = formParam(ctx, "password", Passwords.MAX_LENGTH);
    String next = ownPath(ctx.formParam("next"));
    try {
      if (email.isBlank() || signIn(ctx, email, password).isEmpty()) {
        sendBack(ctx, SignInProblem.WRONG, next);
      } else {
        ctx.redirect(next, HttpStatus.SEE_OTHER);
      }
    } catch (TooManyRequestsException e) {
      sendBack(ctx, SignInProblem.LATER, next);
    }
  }

  /**
   * Shows the page for signing in again.
   *
   * @param next an {@link #ownPath} to lead on to afterwards
   */
  static void sendBack(Context ctx, SignInProblem problem, String next) {
    ctx.redirect(
        "/sign-in?problem=" + problem.word() + "&next=" + UrlPart.encode(next),
        HttpStatus.SEE_OTHER);
  }

  private static String formParam(Context ctx, String name, int maxLength) {
    String value = ctx.formParam(name);
    return value == null || value.length() > maxLength || value.indexOf('\0') >= 0 ? "" : value;
  }

  /** A path of this site, so that no link to the form leads to another site. */
  static String ownPath(String next) {
    return next != null && next.matches("/([A-Za-z0-9_?&=.%~+-][A-Za-z0-9_/?&=.%~+,:-]*)?")
        ? next
        : "/";
  }

  private Optional<Session> signIn(Context ctx, String email, String password) {
    String address = ClientAddress.of(ctx);
    String browser = browserCookie.read(ctx);
    if (browsers.knows(browser, email)) {
      limits.takeForKnownBrowser(browser);
    } else {
      limits.takeForUnknownBrowser(email, address);
    }
    return service
        .byPassword(email, password, address, browser)
        .map(signedIn -> begin(ctx, signedIn));
  }

  private Session begin(Context ctx, SignedIn signedIn) {
    Account account = signedIn.account();
    NewSession begun = signedIn.session();
    cookie.set(ctx, begun.token(), begun.seconds());
    browserCookie.set(ctx, signedIn.browserToken(), KnownBrowsers.LIFETIME.toSeconds());
    return new Session(account.accountId(), account.email(), account.role(), begun.csrfToken());
  }

  private void signOut(Context ctx) {
    boolean provider = sessions.end(cookie.take(ctx));
    ctx.redirect(provider ? "/sign-in?left=provider" : "/sign-in", HttpStatus.SEE_OTHER);
  }

  private void endSession(Context ctx) {
    sessions.end(cookie.take(ctx));
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private void requireEnabled() {
    if (!enabled) {
      throw new HttpProblem(
          HttpStatus.FORBIDDEN, "Passwords are not enabled here: sign in at the provider.");
    }
  }

  private void changePassword(Context ctx) {
    requireEnabled();
    Principal principal = Requests.principal(ctx);
    JsonFields body = JsonBody.object(ctx);
    String current = body.requiredText("currentPassword", Passwords.MAX_LENGTH);
    String replacement = Passwords.read(body, "newPassword");
    body.check();
    limits.takeForOwner(principal.id());
    if (!service.changePassword(
        Requests.actor(ctx), principal.id(), current, replacement, cookie.read(ctx))) {
      throw HttpProblem.invalid("currentPassword", "is not your password.");
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  /** Keeps other sites from signing a visitor in. Programs send no such header. */
  private static void fromOwnSite(Context ctx) {
    String site = ctx.header("Sec-Fetch-Site");
    if (site != null && !OWN_SITE.contains(site)) {
      throw new HttpProblem(HttpStatus.FORBIDDEN, "Sign in from the dashboard's own page.");
    }
  }

  private static Session session(Principal principal) {
    return new Session(principal.id(), principal.name(), principal.role(), principal.csrfToken());
  }
}
