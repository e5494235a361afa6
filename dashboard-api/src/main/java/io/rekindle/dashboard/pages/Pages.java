package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.PUBLIC;
import static io.rekindle.dashboard.http.Access.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.emails.EmailView;
import io.rekindle.dashboard.emails.Emails;
import io.rekindle.dashboard.emails.EmailsArea;
import io.rekindle.dashboard.emails.Explanation;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.numbers.Experiment;
import io.rekindle.dashboard.numbers.Numbers;
import io.rekindle.dashboard.security.SignInProblem;
import io.rekindle.dashboard.security.SignInWays;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The addresses of the pages that are about everybody, and of signing in. */
public final class Pages implements Area {

  private static final int PAGE_SIZE = 50;
  private static final int DEFAULT_DAYS = 30;

  /** An email may say what it likes: it can load nothing and run nothing. */
  private static final String EMAIL_POLICY =
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
          + " frame-ancestors 'self'";

  private final Frame frame;
  private final Numbers numbers;
  private final Emails emails;
  private final SignInWays ways;

  public Pages(Frame frame, Numbers numbers, Emails emails, SignInWays ways) {
    this.frame = frame;
    this.numbers = numbers;
    this.emails = emails;
    this.ways = ways;
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
    Query query = Query.of(ctx);
    String problem = query.word("problem", SignInProblem.words());
    boolean left = query.word("left", Set.of("provider")) != null;
    String next = query.text("next", 2_000);
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.publicView(ctx));
    parameters.put("problem", problem);
    parameters.put("left", left);
    parameters.put("ways", ways);
    parameters.put("next", next == null ? "/" : next);
    frame.answer(ctx, "sign-in", parameters);
  }

  private void overview(Context ctx) {
    Query query = Query.of(ctx);
    int days = query.integer("days", 1, Numbers.DAYS, DEFAULT_DAYS);
    query.check();
    frame.answer(
        ctx,
        "overview",
        Map.of(
            "v", frame.view(ctx),
            "overview", numbers.overview(),
            "standing", numbers.standing(),
            "funnel", numbers.funnel(days),
            "decisions", numbers.decisions(days),
            "days", days));
  }

  private void emails(Context ctx) {
    Query query = Query.of(ctx);
    Emails.Filter filter = EmailsArea.filter(query);
    String cursor = query.cursor();
    query.check();
    frame.answer(
        ctx,
        "emails",
        Map.of(
            "v", frame.view(ctx),
            "page", emails.page(filter, cursor, PAGE_SIZE),
            "filter", filter,
            "address", Address.of(ctx),
            "sending", numbers.deliverability(DEFAULT_DAYS)));
  }

  private void email(Context ctx) {
    String id = Query.pathId(ctx, "emailId");
    EmailView email = emails.byId(id).orElseThrow(() -> noEmail(id));
    Explanation why = emails.explanation(id).orElseThrow(() -> noEmail(id));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("email", email);
    parameters.put("why", why);
    parameters.put("score", scoreThen(why));
    parameters.put("currency", numbers.standing().currency());
    frame.answer(ctx, "email", parameters);
  }

  /** Null if it is not known what the score consisted of. */
  private static Waterfall scoreThen(Explanation why) {
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
      boolean said = points != null && !(factor.equals("contact") && points.signum() == 0);
      builder.part(factor.toUpperCase(Locale.ROOT), said ? points : null, null);
    }
    return builder.score(why.decision().score(), null, null);
  }

  private void emailHtml(Context ctx) {
    String id = Query.pathId(ctx, "emailId");
    EmailView email = emails.byId(id).orElseThrow(() -> noEmail(id));
    ctx.header("Content-Security-Policy", EMAIL_POLICY);
    ctx.header("X-Frame-Options", "SAMEORIGIN");
    ctx.contentType("text/html; charset=utf-8").result(email.html());
  }

  private static Refusal noEmail(String id) {
    return Refusal.notFound("No email \"" + id + "\".");
  }

  private void experiments(Context ctx) throws SQLException {
    Query query = Query.of(ctx);
    String id = query.text("id", 128);
    query.check();
    Experiment experiment = id == null ? numbers.currentExperiment() : numbers.experiment(id);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("experiment", experiment);
    parameters.put("all", numbers.experiments());
    parameters.put("forest", Forest.of(experiment));
    parameters.put("currency", numbers.standing().currency());
    frame.answer(ctx, "experiments", parameters);
  }
}
