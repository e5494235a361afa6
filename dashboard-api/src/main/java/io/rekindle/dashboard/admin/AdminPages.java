package io.rekindle.dashboard.admin;

import static io.rekindle.dashboard.web.Access.ADMIN;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.HashMap;
import java.util.Map;

/** The addresses of the pages about who may do what, and who did what. */
public final class AdminPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final PageRenderer renderer;
  private final AdminRoutes adminRoutes;

  public AdminPages(PageRenderer renderer, AdminRoutes adminRoutes) {
    this.renderer = renderer;
    this.adminRoutes = adminRoutes;
  }

  @Override
  public void register(Router router) {
    router.get("/settings", ADMIN, this::accounts);
    router.get("/settings/api-keys", ADMIN, this::keys);
    router.get("/settings/audit-log", ADMIN, this::auditLog);
  }

  private void accounts(Context ctx) {
    QueryParameters.of(ctx).check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "accounts",
            Map.of("v", renderer.view(RequestInfo.of(ctx)), "accounts", adminRoutes.accounts())));
  }

  private void keys(Context ctx) {
    QueryParameters.of(ctx).check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "api-keys",
            Map.of("v", renderer.view(RequestInfo.of(ctx)), "keys", adminRoutes.apiKeys())));
  }

  private void auditLog(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("page", adminRoutes.auditLog(cursor, PAGE_SIZE));
    parameters.put("listUrl", ListUrl.of(RequestInfo.of(ctx)));
    HtmlResponse.send(ctx, renderer.render("audit-log", parameters));
  }
}
