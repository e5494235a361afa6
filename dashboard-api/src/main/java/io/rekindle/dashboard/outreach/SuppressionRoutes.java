package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.util.List;

/** The addresses under /api/suppressions. */
public final class SuppressionRoutes implements Routes {

  private static final int MAX_AT_ONCE = 1_000;

  private static final CsvFormat<Suppression> CSV = CsvFormat.of("suppressions", Suppression.class);

  private final SuppressionService suppressions;
  private final ListResponse listResponse;

  public SuppressionRoutes(SuppressionService suppressions, ListResponse listResponse) {
    this.suppressions = suppressions;
    this.listResponse = listResponse;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/suppressions",
        Access.VIEWER,
        ctx -> listResponse.answer(ctx, CSV, SuppressionService.ALL));
    router.post("/api/suppressions", Access.ANALYST, this::add);
    router.post("/api/suppressions/lift", Access.ANALYST, this::liftMany);
    router.delete("/api/suppressions/{userId}", Access.ANALYST, this::lift);
  }

  private void add(Context ctx) {
    JsonFields body = JsonBody.object(ctx, 4 * JsonBody.MAX_BODY);
    List<String> users = userIds(body);
    String detail = body.text("detail", 1_000);
    body.check();
    ctx.json(suppressions.add(Requests.actor(ctx), users, detail == null ? "" : detail));
  }

  private void liftMany(Context ctx) {
    JsonFields body = JsonBody.object(ctx, 4 * JsonBody.MAX_BODY);
    List<String> users = userIds(body);
    body.check();
    ctx.json(suppressions.lift(Requests.actor(ctx), users));
  }

  private static List<String> userIds(JsonFields body) {
    List<String> users = body.texts("userIds", MAX_AT_ONCE, 128);
    if (body.mistakes() == 0 && (users == null || users.isEmpty() || users.contains(""))) {
      body.reject("userIds", "has to be a list of 1 to " + MAX_AT_ONCE + " ids.");
    }
    return users;
  }

  private void lift(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    QueryParameters query = QueryParameters.of(ctx);
    String consent = query.text("consent", 1_000);
    query.check();
    SuppressionService.Lift lift =
        suppressions
            .lift(Requests.actor(ctx), userId, consent)
            .orElseThrow(() -> HttpProblem.notFound("No suppression of \"" + userId + "\"."));
    if (!lift.done()) {
      throw HttpProblem.conflict(
          "A suppression with the reason "
              + lift.reason()
              + " stays."
              + (lift.reason().equals("UNSUBSCRIBED")
                  ? " If the person has consented again, say in consent where and when."
                  : ""));
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }
}
