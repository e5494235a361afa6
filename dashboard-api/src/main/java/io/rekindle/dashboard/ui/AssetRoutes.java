package io.rekindle.dashboard.ui;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** Serves the {@link Assets}. */
public final class AssetRoutes implements Routes {

  private final Assets assets;

  public AssetRoutes(Assets assets) {
    this.assets = assets;
  }

  @Override
  public void register(Router router) {
    router.get("/assets/{version}/<name>", Access.PUBLIC, this::serve);
  }

  private void serve(Context ctx) {
    Assets.Asset asset =
        assets.find(ctx.pathParam("name")).orElseThrow(() -> HttpProblem.notFound("No such file."));
    ctx.header(
        "Cache-Control",
        assets.isCurrent(ctx.path()) ? "public, max-age=31536000, immutable" : "no-cache");
    ctx.contentType(asset.contentType()).result(asset.open());
  }
}
