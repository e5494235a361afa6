package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The pages of the outreach settings and of a new experiment, which is a part of them. */
public final class OutreachPages implements Routes {

  private final OutreachService outreach;

  public OutreachPages(OutreachService outreach) {
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.page("/settings/outreach", Access.ADMIN, this::settings);
    router.page("/experiments/new", Access.VIEWER, this::newExperiment);
  }

  private Page newExperiment(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("new-experiment")
        .with("settings", outreach.settings())
        .with("prompts", OutreachVariant.PROMPTS);
  }

  private Page settings(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("outreach").with("settings", outreach.settings());
  }
}
