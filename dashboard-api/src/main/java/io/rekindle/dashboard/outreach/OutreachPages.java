package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The page of the outreach settings. */
public final class OutreachPages implements Routes {

  private final OutreachService outreach;

  public OutreachPages(OutreachService outreach) {
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.page("/settings/outreach", Access.ADMIN, this::settings);
  }

  private Page settings(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("outreach").with("settings", outreach.settings());
  }
}
