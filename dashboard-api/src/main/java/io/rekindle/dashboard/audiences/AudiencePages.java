package io.rekindle.dashboard.audiences;

import io.javalin.http.Context;
import io.rekindle.dashboard.audiences.AudienceService.AudienceView;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.time.LocalDate;

/** The page of all audiences. */
public final class AudiencePages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final AudienceService audiences;

  public AudiencePages(AudienceService audiences) {
    this.audiences = audiences;
  }

  @Override
  public void register(Router router) {
    router.page("/audiences", Access.VIEWER, this::list);
    router.page("/audiences/{audience}", Access.VIEWER, this::one);
  }

  private Page one(Context ctx) {
    String name = QueryParameters.pathId(ctx, "audience");
    QueryParameters query = QueryParameters.of(ctx);
    LocalDate on = query.day("on");
    String cursor = query.cursor();
    query.check();
    AudienceView view =
        audiences
            .members(name, on, cursor, PAGE_SIZE)
            .orElseThrow(() -> HttpProblem.notFound("audience", name));
    if (view.page() == null) {
      throw HttpProblem.invalid("on", view.known().mistake(on));
    }
    return new Page("audience")
        .with("audience", view.audience())
        .with("page", view.page())
        .with("day", view.day())
        .with("known", view.known());
  }

  private Page list(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("audiences").with("audiences", audiences.all());
  }
}
