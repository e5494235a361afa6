package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Map;

/** The page of the outreach settings. */
public final class OutreachPages implements Routes {

  private final PageRenderer renderer;
  private final OutreachService outreach;

  /** Creates the pages. */
  public OutreachPages(PageRenderer renderer, OutreachService outreach) {
    this.renderer = renderer;
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.get("/settings/outreach", Access.ADMIN, this::settings);
  }

  private void settings(Context ctx) {
    QueryParameters.of(ctx).check();
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    OutreachSettings settings = outreach.settings();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "outreach",
            Map.of("v", v, "settings", settings, "variants", v.pretty(settings.variants()))));
  }
}
