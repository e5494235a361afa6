package io.rekindle.dashboard.admin;

import static io.rekindle.dashboard.web.Access.ADMIN;

import io.javalin.http.Context;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** The pages of accounts, API keys and the audit log. */
public final class AdminPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final PageRenderer renderer;
  private final AccountService accounts;
  private final ApiKeyService keys;
  private final Jdbi jdbi;

  /** Creates the pages. */
  public AdminPages(PageRenderer renderer, AccountService accounts, ApiKeyService keys, Jdbi jdbi) {
    this.renderer = renderer;
    this.accounts = accounts;
    this.keys = keys;
    this.jdbi = jdbi;
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
            Map.of("v", renderer.view(RequestInfo.of(ctx)), "accounts", accounts.all())));
  }

  private void keys(Context ctx) {
    QueryParameters.of(ctx).check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "api-keys", Map.of("v", renderer.view(RequestInfo.of(ctx)), "keys", keys.all())));
  }

  private void auditLog(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("page", jdbi.withHandle(handle -> AuditLog.page(handle, cursor, PAGE_SIZE)));
    parameters.put("listUrl", ListUrl.of(RequestInfo.of(ctx)));
    HtmlResponse.send(ctx, renderer.render("audit-log", parameters));
  }
}
