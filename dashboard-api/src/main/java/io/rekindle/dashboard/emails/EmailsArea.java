package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.http.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.CsvFormat;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.Scope;
import java.util.Set;

/** The addresses of emails. */
public final class EmailsArea implements Area {

  /** What an email can be. */
  public static final Set<String> STATUSES =
      Set.of("READY", "SENT", "LOGGED", "CANCELLED", "FAILED");

  /** Who can have written it. */
  public static final Set<String> WRITERS = Set.of("LLM", "TEMPLATE", "EXTERNAL");

  private static final CsvFormat<EmailSummary> CSV =
      CsvFormat.<EmailSummary>named("emails")
          .with("emailId", EmailSummary::emailId)
          .with("userId", EmailSummary::userId)
          .with("name", EmailSummary::name)
          .with("address", EmailSummary::address)
          .with("subject", EmailSummary::subject)
          .with("status", EmailSummary::status)
          .with("statusReason", EmailSummary::statusReason)
          .with("generatedBy", EmailSummary::generatedBy)
          .with("generatedAt", EmailSummary::generatedAt)
          .with("sentAt", EmailSummary::sentAt)
          .with("engagementScoreAtTime", EmailSummary::engagementScoreAtTime)
          .with("experimentId", EmailSummary::experimentId)
          .with("variant", EmailSummary::variant);

  private final Emails emails;
  private final Lists lists;

  public EmailsArea(Emails emails, Lists lists) {
    this.emails = emails;
    this.lists = lists;
  }

  @Override
  public void register(Router router) {
    Access read = VIEWER.orKey(Scope.READ);
    router.get("/api/emails", read, this::list);
    router.get("/api/emails/{emailId}", read, this::one);
    router.get("/api/emails/{emailId}/explanation", read, this::explanation);
  }

  /** What a request for emails looks for; the caller checks the query. */
  public static Emails.Filter filter(Query query) {
    return new Emails.Filter(
        query.word("status", STATUSES),
        query.word("generatedBy", WRITERS),
        query.instant("from"),
        query.instant("until"),
        query.text("search", 200));
  }

  private void list(Context ctx) throws Exception {
    Query query = Query.of(ctx);
    Emails.Filter filter = filter(query);
    lists.answer(
        ctx,
        query,
        CSV,
        (cursor, limit) -> emails.page(filter, cursor, limit),
        (handle, consumer) -> Emails.forEach(handle, filter, consumer));
  }

  private void one(Context ctx) {
    String id = Query.pathId(ctx, "emailId");
    Query.of(ctx).check();
    ctx.json(emails.byId(id).orElseThrow(() -> missing(id)));
  }

  private void explanation(Context ctx) {
    String id = Query.pathId(ctx, "emailId");
    Query.of(ctx).check();
    ctx.json(emails.explanation(id).orElseThrow(() -> missing(id)));
  }

  private static Refusal missing(String id) {
    return Refusal.notFound("No email \"" + id + "\".");
  }
}
