package io.rekindle.dashboard.policies;

import static io.rekindle.dashboard.web.Access.ADMIN;
import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.outreach.OutreachRoutes;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses of the pages about what scores go by, and how people are written to. */
public final class PolicyPages implements Routes {

  private final PageRenderer renderer;
  private final PolicyRoutes policies;
  private final OutreachRoutes outreach;

  public PolicyPages(PageRenderer renderer, PolicyRoutes policies, OutreachRoutes outreach) {
    this.renderer = renderer;
    this.policies = policies;
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.get("/policy", VIEWER, this::policy);
    router.get("/settings/outreach", ADMIN, this::outreach);
  }

  private void policy(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String version = query.text("version", 128);
    query.check();
    List<StoredPolicy> all = policies.policies();
    String shown = version;
    if (shown == null && !all.isEmpty()) {
      shown = all.get(0).policyVersion();
    }
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", v);
    parameters.put("all", all);
    if (shown == null) {
      // Nobody has installed any: the pipeline goes by the built-in one.
      String builtIn = ScoringPolicy.builtInNames().get(0);
      parameters.put("shown", null);
      parameters.put("document", v.pretty(Json.column(ScoringPolicy.builtIn(builtIn).json())));
    } else {
      StoredPolicy policy = policies.policy(shown);
      parameters.put("shown", policy);
      parameters.put("document", v.pretty(policy.document()));
    }
    HtmlResponse.send(ctx, renderer.render("policy", parameters));
  }

  private void outreach(Context ctx) {
    QueryParameters.of(ctx).check();
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    HtmlResponse.send(
        ctx,
        renderer.render(
            "outreach",
            Map.of(
                "v", v,
                "settings", outreach.settings(),
                "variants", v.pretty(outreach.settings().variants()))));
  }
}
