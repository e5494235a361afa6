package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** The routes under /api/emails. */
public final class EmailRoutes implements Routes {

  private static final CsvFormat<EmailSummary> CSV = CsvFormat.of("emails", EmailSummary.class);

  private final EmailService emails;
  private final ListResponse listResponse;

  public EmailRoutes(EmailService emails, ListResponse listResponse) {
    this.emails = emails;
    this.listResponse = listResponse;
  }

  @Override
  public void register(Router router) {
    Access read = VIEWER.orKey(Scope.READ);
    router.get("/api/emails", read, this::list);
    router.get("/api/emails/{emailId}", read, this::one);
    router.get("/api/emails/{emailId}/explanation", read, this::explanation);
  }

  private void list(Context ctx) throws Exception {
    QueryParameters query = QueryParameters.of(ctx);
    EmailFilter filter = EmailFilter.read(query);
    listResponse.answer(
        ctx, query, CSV, (cursor, limit) -> emails.page(filter, cursor, limit), emails.all(filter));
  }

  private void one(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    QueryParameters.of(ctx).check();
    ctx.json(emails.detail(id).orElseThrow(() -> HttpProblem.notFound("email", id)));
  }

  private void explanation(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    QueryParameters.of(ctx).check();
    ctx.json(emails.explanation(id).orElseThrow(() -> HttpProblem.notFound("email", id)));
  }
}
