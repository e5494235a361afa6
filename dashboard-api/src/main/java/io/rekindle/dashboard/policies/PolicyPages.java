package io.rekindle.dashboard.policies;

import io.javalin.http.Context;
import io.rekindle.dashboard.policies.PolicyService.PolicyView;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.HashMap;
import java.util.Map;

/** The page of policies. */
public final class PolicyPages implements Routes {

  private final PageRenderer renderer;
  private final PolicyService policies;

  /** Creates the pages. */
  public PolicyPages(PageRenderer renderer, PolicyService policies) {
    this.renderer = renderer;
    this.policies = policies;
  }

  @Override
  public void register(Router router) {
    router.get("/policy", Access.VIEWER, this::policy);
  }

  private void policy(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String version = query.text("version", 128);
    query.check();
    PolicyView view = policies.view(version).orElseThrow(() -> PolicyRoutes.noPolicy(version));
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", v);
    parameters.put("all", view.all());
    parameters.put("shown", view.shown());
    parameters.put("document", v.pretty(view.document()));
    HtmlResponse.send(ctx, renderer.render("policy", parameters));
  }
}
