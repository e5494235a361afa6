package io.rekindle.dashboard.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.ExpiredKeyException;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.platform.text.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The table of addresses, each with its access rule. A request to an address without {@link Access}
 * is refused.
 *
 * <p>A request that changes something on behalf of a session has to bring the session's CSRF token,
 * in the header {@link #CSRF_HEADER} or the form field {@link #CSRF_FIELD}.
 */
public final class Router {

  public static final String CSRF_HEADER = "X-CSRF-Token";
  public static final String CSRF_FIELD = "_csrf";

  private static final String ROUTE = "route";
  private static final Set<HandlerType> SAFE = Set.of(HandlerType.GET, HandlerType.HEAD);

  private final RoutesConfig routes;
  private final Authenticator authenticator;
  private final SecretCookie sessionCookie;
  private final Page.Renderer renderer;
  private final List<Route> registered = new ArrayList<>();

  /** An address and those who may use it. */
  public record Route(HandlerType method, String path, Access access) {}

  /**
   * What a request was admitted by, for an answer that goes on for long.
   *
   * @param access the rule of its address
   */
  public record Grant(Credentials credentials, Access access) {}

  public Router(
      RoutesConfig routes,
      Authenticator authenticator,
      SecretCookie sessionCookie,
      Page.Renderer renderer) {
    this.routes = routes;
    this.authenticator = authenticator;
    this.sessionCookie = sessionCookie;
    this.renderer = renderer;
    routes.beforeMatched(this::admit);
  }

  /** An address to read. HEAD does the same, and the server leaves the body out. */
  public void get(String path, Access access, Handler handler) {
    add(HandlerType.GET, path, access, handler);
    handle(HandlerType.HEAD, path, access, handler);
  }

  public void post(String path, Access access, Handler handler) {
    add(HandlerType.POST, path, access, handler);
  }

  public void put(String path, Access access, Handler handler) {
    add(HandlerType.PUT, path, access, handler);
  }

  public void delete(String path, Access access, Handler handler) {
    add(HandlerType.DELETE, path, access, handler);
  }

  /** A page that people look at. */
  public void page(String path, Access access, Function<Context, Page> pages) {
    get(path, access, ctx -> pages.apply(ctx).send(ctx, RequestInfo.of(ctx), renderer));
  }

  /** What this request was admitted by. */
  public Grant grantOf(Context ctx) {
    return new Grant(
        Credentials.of(ctx, sessionCookie).inBackground(),
        (Access) ctx.routeRoles().iterator().next());
  }

  /** Whether the request would be admitted again. Asking is no use of the session. */
  public boolean stillHolds(Grant grant) {
    try {
      return authenticator
          .authenticate(grant.credentials())
          .filter(grant.access()::admits)
          .isPresent();
    } catch (ExpiredKeyException e) {
      return false;
    }
  }

  /** Everything registered so far. */
  public List<Route> registered() {
    return List.copyOf(registered);
  }

  /** The route that answers a request, as it was registered; "none" if there is no such route. */
  public static String routeOf(Context ctx) {
    String route = ctx.attribute(ROUTE);
    return route == null ? "none" : route;
  }

  private void add(HandlerType method, String path, Access access, Handler handler) {
    registered.add(new Route(method, path, access));
    handle(method, path, access, handler);
  }

  private void handle(HandlerType method, String path, Access access, Handler handler) {
    routes.addHttpHandler(
        method,
        path,
        ctx -> {
          ctx.attribute(ROUTE, path);
          handler.handle(ctx);
        },
        access);
  }

  private void admit(Context ctx) {
    if (ctx.routeRoles().size() != 1
        || !(ctx.routeRoles().iterator().next() instanceof Access access)) {
      throw new HttpProblem(HttpStatus.FORBIDDEN, "No access rule is set for this address.");
    }
    if (access.isPublic()) {
      return;
    }
    Principal principal =
        authenticator
            .authenticate(Credentials.of(ctx, sessionCookie))
            .orElseThrow(
                () ->
                    new HttpProblem(
                        HttpStatus.UNAUTHORIZED,
                        "Sign in, or send an API key in the header Authorization: Bearer."));
    if (!access.admits(principal)) {
      throw new HttpProblem(HttpStatus.FORBIDDEN, lacking(access, principal));
    }
    if (principal.csrfToken() != null && !SAFE.contains(ctx.method())) {
      requireCsrfToken(ctx, principal);
    }
    Requests.attach(principal, ctx);
  }

  private static String lacking(Access access, Principal principal) {
    if (principal.isAccount()) {
      return "This takes the role " + access.least() + "; yours is " + principal.role() + ".";
    }
    return access.scope() == null
        ? "API keys are not let in here: sign in with an account."
        : "This takes an API key with the scope " + access.scope().text() + ".";
  }

  private static void requireCsrfToken(Context ctx, Principal principal) {
    String token = ctx.header(CSRF_HEADER);
    if (token == null && ctx.isFormUrlencoded()) {
      token = ctx.formParam(CSRF_FIELD);
    }
    if (token == null || !Digest.sameSecret(token, principal.csrfToken())) {
      throw new HttpProblem(
          HttpStatus.FORBIDDEN,
          "The request lacks this session's CSRF token in the header "
              + CSRF_HEADER
              + ". Load the page again.");
    }
  }
}
