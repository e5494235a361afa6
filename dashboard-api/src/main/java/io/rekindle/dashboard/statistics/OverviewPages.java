package io.rekindle.dashboard.statistics;

import static io.rekindle.dashboard.web.Access.PUBLIC;
import static io.rekindle.dashboard.web.Access.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.emails.EmailDetail;
import io.rekindle.dashboard.emails.EmailExplanation;
import io.rekindle.dashboard.emails.EmailRoutes;
import io.rekindle.dashboard.emails.EmailService;
import io.rekindle.dashboard.experiments.ExperimentResult;
import io.rekindle.dashboard.experiments.ForestPlot;
import io.rekindle.dashboard.signin.SignInMethods;
import io.rekindle.dashboard.signin.SignInProblem;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.Waterfall;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The addresses of the pages that are about everybody, and of signing in. */
public final class OverviewPages implements Routes {

  private static final int PAGE_SIZE = 50;
  private static final int DEFAULT_DAYS = 30;

  /** An email may say what it likes: it can load nothing and run nothing. */
  private static final String EMAIL_POLICY =
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
          + " frame-ancestors 'self'";

  private final PageRenderer renderer;
  private final StatisticsService statistics;
  private final EmailService emails;
  private final SignInMethods signInMethods;

  public OverviewPages(
      PageRenderer renderer,
      StatisticsService statistics,
      EmailService emails,
      SignInMethods signInMethods) {
    this.renderer = renderer;
    this.statistics = statistics;
    this.emails = emails;
    this.signInMethods = signInMethods;
  }

  @Override
  public void register(Router router) {
    router.get("/sign-in", PUBLIC, this::signIn);
    router.get("/", VIEWER, this::overview);
    router.get("/emails", VIEWER, this::emails);
    router.get("/emails/{emailId}", VIEWER, this::email);
    router.get("/emails/{emailId}/html", VIEWER, this::emailHtml);
    router.get("/experiments", VIEWER, this::experiments);
  }

  private void signIn(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String problem = query.word("problem", SignInProblem.words());
    boolean left = query.word("left", Set.of("provider")) != null;
    String next = query.text("next", 2_000);
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("problem", problem);
    parameters.put("left", left);
    parameters.put("signInMethods", signInMethods);
    parameters.put("next", next == null ? "/" : next);
    HtmlResponse.send(ctx, renderer.render("sign-in", parameters));
  }

  private void overview(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = query.integer("days", 1, StatisticsService.DAYS, DEFAULT_DAYS);
    query.check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "overview",
            Map.of(
                "v", renderer.view(RequestInfo.of(ctx)),
                "overview", statistics.overview(),
                "segmentCounts", statistics.segmentCounts(),
                "funnel", statistics.funnel(days),
                "decisions", statistics.decisions(days),
                "days", days)));
  }

  private void emails(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    EmailService.Filter filter = EmailRoutes.filter(query);
    String cursor = query.cursor();
    query.check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "emails",
            Map.of(
                "v", renderer.view(RequestInfo.of(ctx)),
                "page", emails.page(filter, cursor, PAGE_SIZE),
                "filter", filter,
                "listUrl", ListUrl.of(RequestInfo.of(ctx)),
                "sending", statistics.deliverability(DEFAULT_DAYS))));
  }

  private void email(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    EmailDetail email = emails.byId(id).orElseThrow(() -> noEmail(id));
    EmailExplanation why = emails.explanation(id).orElseThrow(() -> noEmail(id));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("email", email);
    parameters.put("why", why);
    parameters.put("score", scoreThen(why));
    parameters.put("currency", statistics.segmentCounts().currency());
    HtmlResponse.send(ctx, renderer.render("email", parameters));
  }

  /** Null if it is not known what the score consisted of. */
  private static Waterfall scoreThen(EmailExplanation why) {
    if (why.decision() == null || why.decision().score() == null) {
      return null;
    }
    JsonNode inputs = why.decision().inputs();
    if (!inputs.path("recency_points").isNumber()) {
      return null;
    }
    Waterfall.Builder builder = new Waterfall.Builder();
    for (String factor : new String[] {"recency", "rhythm", "frequency", "value", "contact"}) {
      BigDecimal points =
          inputs.path(factor + "_points").isNumber()
              ? inputs.path(factor + "_points").decimalValue()
              : null;
      boolean shown = points != null && !(factor.equals("contact") && points.signum() == 0);
      builder.part(factor.toUpperCase(Locale.ROOT), shown ? points : null, null);
    }
    return builder.score(why.decision().score(), null, null);
  }

  private void emailHtml(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    EmailDetail email = emails.byId(id).orElseThrow(() -> noEmail(id));
    ctx.header("Content-Security-Policy", EMAIL_POLICY);
    ctx.header("X-Frame-Options", "SAMEORIGIN");
    ctx.contentType("text/html; charset=utf-8").result(email.html());
  }

  private static HttpProblem noEmail(String id) {
    return HttpProblem.notFound("No email \"" + id + "\".");
  }

  private void experiments(Context ctx) throws SQLException {
    QueryParameters query = QueryParameters.of(ctx);
    String id = query.text("id", 128);
    query.check();
    ExperimentResult experiment =
        id == null ? statistics.currentExperiment() : statistics.experiment(id);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("experiment", experiment);
    parameters.put("all", statistics.experiments());
    parameters.put("forestPlot", ForestPlot.of(experiment));
    parameters.put("currency", statistics.segmentCounts().currency());
    HtmlResponse.send(ctx, renderer.render("experiments", parameters));
  }
}
