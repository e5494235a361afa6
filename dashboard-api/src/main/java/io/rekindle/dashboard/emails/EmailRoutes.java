package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.util.Set;

/** The addresses of emails. */
public final class EmailRoutes implements Routes {

  /** What an email can be. */
  public static final Set<String> STATUSES =
      Set.of("READY", "SENT", "LOGGED", "CANCELLED", "FAILED");

  /** Who can have written it. */
  public static final Set<String> WRITERS = Set.of("LLM", "TEMPLATE", "EXTERNAL");

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

  /** What a request for emails looks for; the caller checks the query. */
  public static EmailService.Filter filter(QueryParameters query) {
    return new EmailService.Filter(
        query.word("status", STATUSES),
        query.word("generatedBy", WRITERS),
        query.instant("from"),
        query.instant("until"),
        query.text("search", 200));
  }

  private void list(Context ctx) throws Exception {
    QueryParameters query = QueryParameters.of(ctx);
    EmailService.Filter filter = filter(query);
    listResponse.answer(
        ctx,
        query,
        CSV,
        (cursor, limit) -> emails.page(filter, cursor, limit),
        (handle, consumer) -> EmailService.forEach(handle, filter, consumer));
  }

  private void one(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    QueryParameters.of(ctx).check();
    ctx.json(emails.byId(id).orElseThrow(() -> missing(id)));
  }

  private void explanation(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    QueryParameters.of(ctx).check();
    ctx.json(emails.explanation(id).orElseThrow(() -> missing(id)));
  }

  private static HttpProblem missing(String id) {
    return HttpProblem.notFound("No email \"" + id + "\".");
  }
}
