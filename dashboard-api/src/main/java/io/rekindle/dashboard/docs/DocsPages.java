package io.rekindle.dashboard.docs;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Map;

/**
 * The API's contract as a page of Swagger UI. It is public, since the author of a program has an
 * API key and no account.
 */
public final class DocsPages implements Routes {

  /** Stricter than that of other pages: no form, no frame. Swagger UI has icons in data URLs. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private final PageRenderer renderer;

  public DocsPages(PageRenderer renderer) {
    this.renderer = renderer;
  }

  @Override
  public void register(Router router) {
    router.get("/docs", Access.PUBLIC, this::show);
  }

  private void show(Context ctx) {
    QueryParameters.of(ctx).check();
    ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    HtmlResponse.send(
        ctx, renderer.render("docs", Map.of("v", renderer.view(RequestInfo.of(ctx)))));
  }
}
