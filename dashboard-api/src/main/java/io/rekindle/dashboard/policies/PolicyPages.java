package io.rekindle.dashboard.policies;

import io.javalin.http.Context;
import io.rekindle.dashboard.policies.PolicyService.PolicyView;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The page of policies. */
public final class PolicyPages implements Routes {

  private final PolicyService policies;

  public PolicyPages(PolicyService policies) {
    this.policies = policies;
  }

  @Override
  public void register(Router router) {
    router.page("/policy", Access.VIEWER, this::policy);
  }

  private Page policy(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String version = query.text("version", 128);
    query.check();
    PolicyView view =
        policies.view(version).orElseThrow(() -> HttpProblem.notFound("policy", version));
    return new Page("policy")
        .with("all", view.all())
        .with("shown", view.shown())
        .with("document", view.document())
        .with("differences", view.differences())
        .with("activates", view.activates())
        .with("model", view.model())
        .with("quality", view.quality())
        .with("previous", view.previous())
        .with("state", view.state());
  }
}
