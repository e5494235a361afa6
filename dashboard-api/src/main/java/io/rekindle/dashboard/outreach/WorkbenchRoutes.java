package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.emails.EmailPages;
import io.rekindle.dashboard.outreach.EmailPreviewService.Writer;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import io.rekindle.email.Variant;
import io.rekindle.email.compose.Language;
import io.rekindle.email.llm.PromptTexts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The addresses of prompts, previews, tests and approvals. */
public final class WorkbenchRoutes implements Routes {

  private static final CsvFormat<TestEmail> TESTS_CSV =
      CsvFormat.of("test-emails", TestEmail.class);
  private static final CsvFormat<ContentVersion.Texts> VERSIONS_CSV =
      CsvFormat.of("content-versions", ContentVersion.Texts.class);

  private final EmailPreviewService previews;
  private final TestEmailService tests;
  private final ReviewService reviews;

  public WorkbenchRoutes(
      EmailPreviewService previews, TestEmailService tests, ReviewService reviews) {
    this.previews = previews;
    this.tests = tests;
    this.reviews = reviews;
  }

  @Override
  public void register(Router router) {
    router.get("/api/prompts", Access.VIEWER, this::prompts);
    router.post("/api/email-previews", Access.ANALYST, this::preview);
    router.get("/api/email-previews/{previewId}/html", Access.ANALYST, this::document);
    router.get("/api/test-emails", Access.VIEWER, this::tests);
    router.post("/api/test-emails", Access.ANALYST, this::sendTest);
    router.get(
        "/api/review-settings", Access.VIEWER, ctx -> EntityTag.json(ctx, reviews.settings()));
    router.put("/api/review-settings", Access.ADMIN, this::changeSettings);
    router.get("/api/content-versions", Access.VIEWER, this::versions);
    router.get("/api/content-versions/{contentVersion}", Access.VIEWER, this::version);
    router.post("/api/content-versions/{contentVersion}/approve", Access.ANALYST, this::approve);
    router.post("/api/content-versions/{contentVersion}/reject", Access.ANALYST, this::reject);
  }

  private void prompts(Context ctx) {
    QueryParameters.of(ctx).check();
    ctx.json(Map.of("items", PromptTexts.all()));
  }

  private void preview(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    String userId = body.requiredText("userId", 128);
    String prompt = body.requiredText("prompt", 64);
    if (prompt != null) {
      OutreachSettings.checkPrompt(body, prompt);
    }
    String tone = body.text("tone", 500);
    String offer = body.text("offer", 500);
    String name = body.text("variant", 64);
    Writer writer = body.oneOf("writer", Writer.class);
    String language = body.text("language", 2);
    if (language != null && Language.all().stream().noneMatch(l -> l.code().equals(language))) {
      Set<String> codes = new TreeSet<>();
      Language.all().forEach(known -> codes.add(known.code()));
      body.reject("language", "has to be one of " + codes + ".");
    }
    if (writer == Writer.LLM && !previews.hasModel()) {
      body.reject(
          "writer", "cannot be LLM: this dashboard has no model. Set REKINDLE_LLM_API_KEY for it.");
    }
    body.check();
    Variant variant =
        new Variant(name == null || name.isBlank() ? "preview" : name, prompt, tone, offer);
    ctx.json(
        previews
            .of(
                Requests.actor(ctx),
                userId,
                variant,
                language,
                writer == null ? Writer.TEMPLATE : writer)
            .orElseThrow(() -> HttpProblem.invalid("userId", "is no client of the shop.")));
  }

  private void document(Context ctx) {
    String id = QueryParameters.pathId(ctx, "previewId");
    EmailPages.answer(
        ctx, previews.document(id).orElseThrow(() -> HttpProblem.notFound("preview", id)));
  }

  private void tests(Context ctx) throws Exception {
    ListResponse.answerWhole(ctx, TESTS_CSV, tests::latest);
  }

  private void sendTest(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    String id = body.requiredText("previewId", 128);
    body.check();
    ctx.status(HttpStatus.ACCEPTED)
        .json(
            Map.of(
                "items",
                tests
                    .send(Requests.actor(ctx), id)
                    .orElseThrow(
                        () ->
                            HttpProblem.invalid(
                                "previewId", "is no preview of the last day: make a new one."))));
  }

  private void changeSettings(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    // Read twice: the first time for its mistakes, which end the request.
    reviews.settings().with(body);
    body.check();
    EntityTag.json(
        ctx,
        reviews.change(
            Requests.actor(ctx), EntityTag.demanded(ctx), settings -> settings.with(body)));
  }

  private void versions(Context ctx) throws Exception {
    QueryParameters query = QueryParameters.of(ctx);
    if (ListResponse.wantsCsv(ctx, query)) {
      query.check();
      ListResponse.write(
          ctx, VERSIONS_CSV, reviews.versions().stream().map(ContentVersion::texts).toList());
      return;
    }
    query.check();
    ctx.json(new VersionPage(reviews.versions(), null));
  }

  private record VersionPage(List<ContentVersion> items, String nextCursor) {}

  private void version(Context ctx) {
    String id = QueryParameters.pathId(ctx, "contentVersion");
    QueryParameters.of(ctx).check();
    answer(ctx, reviews.version(id).orElseThrow(() -> HttpProblem.notFound("version", id)));
  }

  private void approve(Context ctx) {
    String id = QueryParameters.pathId(ctx, "contentVersion");
    answer(
        ctx,
        reviews
            .approve(Requests.actor(ctx), id, EntityTag.demanded(ctx))
            .orElseThrow(() -> HttpProblem.notFound("version", id)));
  }

  private void reject(Context ctx) {
    String id = QueryParameters.pathId(ctx, "contentVersion");
    answer(
        ctx,
        reviews
            .reject(Requests.actor(ctx), id, EntityTag.demanded(ctx))
            .orElseThrow(() -> HttpProblem.notFound("version", id)));
  }

  /** The answer to a preview that has to wait for others. */
  public static HttpProblem problem(EmailPreviewService.BusyException busy) {
    return HttpProblem.retryLater(HttpStatus.TOO_MANY_REQUESTS, busy.getMessage(), 10);
  }

  private static void answer(Context ctx, ContentVersion version) {
    EntityTag.json(ctx, version, version.reviewed());
  }
}
