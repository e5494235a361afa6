package io.rekindle.dashboard.signin;

import static io.rekindle.dashboard.web.Access.PUBLIC;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Set;

/** The page to sign in at. */
public final class SignInPages implements Routes {

  private final SignInMethods signInMethods;

  public SignInPages(SignInMethods signInMethods) {
    this.signInMethods = signInMethods;
  }

  @Override
  public void register(Router router) {
    router.page("/sign-in", PUBLIC, this::signIn);
  }

  private Page signIn(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String problem = query.word("problem", SignInProblem.words());
    boolean left = query.word("left", Set.of("provider")) != null;
    String next = query.text("next", 2_000);
    query.check();
    return new Page("sign-in")
        .with("problem", problem)
        .with("left", left)
        .with("signInMethods", signInMethods)
        .with("next", next == null ? "/" : next);
  }
}
