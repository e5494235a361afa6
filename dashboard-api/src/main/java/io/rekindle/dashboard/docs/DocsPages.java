package io.rekindle.dashboard.docs;

import static io.rekindle.dashboard.web.Access.PUBLIC;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.Messages;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Locale;
import java.util.Map;

/**
 * The API's contract as a page. Public as the contract is: whoever writes a program that sends
 * orders has a key and no account.
 */
public final class DocsPages implements Routes {

  private final PageRenderer renderer;
  private volatile ApiDocs docs;

  public DocsPages(PageRenderer renderer) {
    this.renderer = renderer;
  }

  @Override
  public void register(Router router) {
    router.get("/docs", PUBLIC, this::show);
  }

  private void show(Context ctx) {
    QueryParameters.of(ctx).check();
    // Kept once it has been asked for, since anybody may ask as often as they like.
    if (docs == null) {
      docs = ApiDocs.of(OpenApiRoutes.document(), new Messages(Locale.ENGLISH));
    }
    HtmlResponse.send(
        ctx,
        renderer.render("docs", Map.of("v", renderer.view(RequestInfo.of(ctx)), "docs", docs)));
  }
}
