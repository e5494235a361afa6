package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.http.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Csv;
import io.rekindle.dashboard.http.Exports;
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

  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  private static final String[] CSV_COLUMNS = {
    "emailId",
    "userId",
    "name",
    "address",
    "subject",
    "status",
    "statusReason",
    "generatedBy",
    "generatedAt",
    "sentAt",
    "engagementScoreAtTime",
    "experimentId",
    "variant"
  };

  private final Emails emails;
  private final Exports exports;

  public EmailsArea(Emails emails, Exports exports) {
    this.emails = emails;
    this.exports = exports;
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
    String format = query.word("format", Set.of("csv", "json"));
    int limit = query.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    String cursor = query.text("cursor", 2_000);
    query.check();
    if (Csv.wanted(ctx, format)) {
      export(ctx, filter);
    } else {
      ctx.json(emails.page(filter, cursor, limit));
    }
  }

  private void export(Context ctx, Emails.Filter filter) throws Exception {
    exports.answer(
        ctx,
        "emails",
        CSV_COLUMNS,
        (handle, csv) ->
            Emails.forEach(
                handle,
                filter,
                email ->
                    csv.row(
                        email.emailId(),
                        email.userId(),
                        email.name(),
                        email.address(),
                        email.subject(),
                        email.status(),
                        email.statusReason(),
                        email.generatedBy(),
                        email.generatedAt(),
                        email.sentAt(),
                        email.engagementScoreAtTime(),
                        email.experimentId(),
                        email.variant())));
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
