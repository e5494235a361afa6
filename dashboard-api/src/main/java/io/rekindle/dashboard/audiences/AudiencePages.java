package io.rekindle.dashboard.audiences;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The page of all audiences. */
public final class AudiencePages implements Routes {

  private final AudienceService audiences;

  public AudiencePages(AudienceService audiences) {
    this.audiences = audiences;
  }

  @Override
  public void register(Router router) {
    router.page("/audiences", Access.VIEWER, this::list);
  }

  private Page list(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("audiences").with("audiences", audiences.all());
  }
}
