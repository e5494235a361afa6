package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The page of the clients who are not emailed. */
public final class SuppressionPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final SuppressionService suppressions;

  public SuppressionPages(SuppressionService suppressions) {
    this.suppressions = suppressions;
  }

  @Override
  public void register(Router router) {
    router.page("/suppressions", Access.VIEWER, this::list);
  }

  private Page list(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    return new Page("suppressions").with("page", suppressions.page(cursor, PAGE_SIZE));
  }
}
