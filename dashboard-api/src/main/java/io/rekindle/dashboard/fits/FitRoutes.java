package io.rekindle.dashboard.fits;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The addresses under /api/fits and /api/fit-settings. */
public final class FitRoutes implements Routes {

  private final FitQueue fits;
  private final FitSettingsService settings;

  public FitRoutes(FitQueue fits, FitSettingsService settings) {
    this.fits = fits;
    this.settings = settings;
  }

  @Override
  public void register(Router router) {
    router.post("/api/fits", Access.ANALYST, this::start);
    router.get("/api/fits/{fitId}", Access.ANALYST, this::one);
    router.delete("/api/fits/{fitId}", Access.ANALYST, this::cancel);
    router.get("/api/fit-settings", Access.VIEWER, ctx -> EntityTag.json(ctx, settings.settings()));
    router.put("/api/fit-settings", Access.ADMIN, this::change);
  }

  private void change(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    Boolean activate = body.required("activate", body.bool("activate"));
    body.check();
    EntityTag.json(ctx, settings.change(Requests.actor(ctx), EntityTag.demanded(ctx), activate));
  }

  private void start(Context ctx) {
    ctx.status(HttpStatus.ACCEPTED).json(fits.start(Requests.actor(ctx)));
  }

  private void one(Context ctx) {
    String id = ctx.pathParam("fitId");
    ctx.json(fits.status(id).orElseThrow(() -> noFit(id)));
  }

  private void cancel(Context ctx) {
    String id = ctx.pathParam("fitId");
    if (!fits.cancel(id)) {
      throw noFit(id);
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private static HttpProblem noFit(String id) {
    return HttpProblem.notFound("No fit \"" + id + "\", or not any more.");
  }
}
