package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.ADMIN;
import static io.rekindle.dashboard.http.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.outreach.OutreachArea;
import io.rekindle.dashboard.policies.PoliciesArea;
import io.rekindle.dashboard.policies.Policy;
import io.rekindle.scoring.ScoringPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses of the pages about what scores go by, and how people are written to. */
public final class RulesPages implements Area {

  private final Frame frame;
  private final PoliciesArea policies;
  private final OutreachArea outreach;

  public RulesPages(Frame frame, PoliciesArea policies, OutreachArea outreach) {
    this.frame = frame;
    this.policies = policies;
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.get("/policy", VIEWER, this::policy);
    router.get("/settings/outreach", ADMIN, this::outreach);
  }

  private void policy(Context ctx) {
    Query query = Query.of(ctx);
    String version = query.text("version", 128);
    query.check();
    List<Policy> all = policies.policies();
    String shown = version;
    if (shown == null && !all.isEmpty()) {
      shown = all.get(0).policyVersion();
    }
    View v = frame.view(ctx);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", v);
    parameters.put("all", all);
    if (shown == null) {
      // Nobody has installed any: the pipeline goes by the built-in one.
      String builtIn = ScoringPolicy.builtInNames().get(0);
      parameters.put("shown", null);
      parameters.put("document", v.pretty(Json.column(ScoringPolicy.builtIn(builtIn).json())));
    } else {
      Policy policy = policies.policy(shown);
      parameters.put("shown", policy);
      parameters.put("document", v.pretty(policy.document()));
    }
    frame.answer(ctx, "policy", parameters);
  }

  private void outreach(Context ctx) {
    Query.of(ctx).check();
    View v = frame.view(ctx);
    frame.answer(
        ctx,
        "outreach",
        Map.of(
            "v", v,
            "settings", outreach.settings(),
            "variants", v.pretty(outreach.settings().variants())));
  }
}
