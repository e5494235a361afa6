package io.rekindle.dashboard.emails;

import static io.rekindle.dashboard.web.Access.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.emails.EmailDocument.Scheme;
import io.rekindle.dashboard.emails.EmailService.EmailView;
import io.rekindle.dashboard.statistics.StatisticsService;
import io.rekindle.dashboard.ui.Waterfall;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.util.Set;

/** The pages of emails. */
public final class EmailPages implements Routes {

  private static final int PAGE_SIZE = 50;
  private static final int SENDING_DAYS = 30;
  private static final Set<String> SCHEMES = Set.of("LIGHT", "DARK");

  private final EmailService emails;
  private final StatisticsService statistics;

  public EmailPages(EmailService emails, StatisticsService statistics) {
    this.emails = emails;
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.page("/emails", VIEWER, this::emails);
    router.page("/emails/{emailId}", VIEWER, this::email);
    router.get("/emails/{emailId}/html", VIEWER, this::emailHtml);
  }

  private Page emails(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    EmailFilter filter = EmailFilter.read(query);
    String cursor = query.cursor();
    query.check();
    return new Page("emails")
        .with("page", emails.page(filter, cursor, PAGE_SIZE))
        .with("filter", filter)
        .with("sending", statistics.deliverabilityIfCounted(SENDING_DAYS).orElse(null));
  }

  private Page email(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    EmailView view = emails.view(id).orElseThrow(() -> HttpProblem.notFound("email", id));
    return new Page("email")
        .with("email", view.email())
        .with("why", view.explanation())
        .with("score", scoreThen(view.explanation()))
        .with("currency", view.currency());
  }

  /** The score at the decision; null if its parts are not known. */
  private static Waterfall scoreThen(EmailExplanation why) {
    if (why.decision() == null || why.decision().score() == null) {
      return null;
    }
    JsonNode inputs = why.decision().inputs();
    if (!inputs.path(Factor.RECENCY.column()).isNumber()) {
      return null;
    }
    Waterfall.Builder builder = new Waterfall.Builder();
    for (Factor factor : Factor.values()) {
      JsonNode stored = inputs.path(factor.column());
      BigDecimal points = stored.isNumber() ? stored.decimalValue() : null;
      boolean often = factor != Factor.CONTACT && factor != Factor.LOYALTY;
      boolean shown = points != null && (often || points.signum() != 0);
      builder.part(factor.name(), shown ? points : null, null);
    }
    return builder.score(why.decision().score(), null, null);
  }

  private void emailHtml(Context ctx) {
    String id = QueryParameters.pathId(ctx, "emailId");
    EmailDocument document =
        emails.document(id).orElseThrow(() -> HttpProblem.notFound("email", id));
    answer(ctx, document);
  }

  /** Answers with a document for a frame, in the scheme that the query names. */
  public static void answer(Context ctx, EmailDocument document) {
    QueryParameters query = QueryParameters.of(ctx);
    String scheme = query.word("scheme", SCHEMES);
    query.check();
    ctx.header("Content-Security-Policy", document.securityPolicy());
    ctx.header("X-Frame-Options", "SAMEORIGIN");
    ctx.contentType("text/html; charset=utf-8")
        .result(document.shown(scheme == null ? null : Scheme.valueOf(scheme)));
  }
}
