package io.rekindle.dashboard.outreach;

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

/** The addresses under /api/outreach-settings. */
public final class OutreachRoutes implements Routes {

  private final OutreachService outreach;

  public OutreachRoutes(OutreachService outreach) {
    this.outreach = outreach;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/outreach-settings", Access.VIEWER, ctx -> EntityTag.json(ctx, outreach.settings()));
    router.put("/api/outreach-settings", Access.ADMIN, this::change);
    router.post("/api/outreach-settings/preview", Access.ANALYST, this::preview);
    router.post("/api/outreach-settings/rollback", Access.ADMIN, this::rollBack);
  }

  private void change(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    // Read twice: the first time for its mistakes, which end the request.
    outreach.settings().with(body);
    body.check();
    try {
      EntityTag.json(
          ctx,
          outreach.change(
              Requests.actor(ctx), EntityTag.demanded(ctx), settings -> settings.with(body)));
    } catch (ExperimentInUseException e) {
      throw HttpProblem.taken("experimentId", e.getMessage());
    }
  }

  /** Previews the settings with the fields that the request names. */
  private void preview(Context ctx) throws InterruptedException {
    JsonFields body = JsonBody.object(ctx);
    OutreachSettings before = outreach.settings();
    OutreachSettings after = before.with(body);
    body.check();
    ctx.json(
        outreach
            .preview(before, after)
            .orElseThrow(
                () ->
                    HttpProblem.retryLater(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "Other previews are under way: try again shortly.",
                        10)));
  }

  private void rollBack(Context ctx) {
    try {
      EntityTag.json(
          ctx,
          outreach
              .rollBack(Requests.actor(ctx), EntityTag.demanded(ctx))
              .orElseThrow(() -> HttpProblem.conflict("Nothing was changed here before.")));
    } catch (ExperimentInUseException e) {
      throw HttpProblem.taken("experimentId", e.getMessage());
    }
  }
}
