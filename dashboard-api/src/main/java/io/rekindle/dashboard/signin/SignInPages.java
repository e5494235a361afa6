package io.rekindle.dashboard.signin;

import static io.rekindle.dashboard.web.Access.PUBLIC;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The page to sign in at. */
public final class SignInPages implements Routes {

  private final PageRenderer renderer;
  private final SignInMethods signInMethods;

  /** Creates the page. */
  public SignInPages(PageRenderer renderer, SignInMethods signInMethods) {
    this.renderer = renderer;
    this.signInMethods = signInMethods;
  }

  @Override
  public void register(Router router) {
    router.get("/sign-in", PUBLIC, this::signIn);
  }

  private void signIn(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String problem = query.word("problem", SignInProblem.words());
    boolean left = query.word("left", Set.of("provider")) != null;
    String next = query.text("next", 2_000);
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("problem", problem);
    parameters.put("left", left);
    parameters.put("signInMethods", signInMethods);
    parameters.put("next", next == null ? "/" : next);
    HtmlResponse.send(ctx, renderer.render("sign-in", parameters));
  }
}
