package io.rekindle.dashboard.clients;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.clients.ClientService.AtRiskView;
import io.rekindle.dashboard.clients.ClientService.ClientListView;
import io.rekindle.dashboard.clients.ClientService.ClientView;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.ui.Waterfall;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pages about clients. */
public final class ClientPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final PageRenderer renderer;
  private final ClientService clients;
  private final boolean overrides;

  /**
   * Creates the pages.
   *
   * @param overrides whether scores may be set by hand
   */
  public ClientPages(PageRenderer renderer, ClientService clients, boolean overrides) {
    this.renderer = renderer;
    this.clients = clients;
    this.overrides = overrides;
  }

  @Override
  public void register(Router router) {
    router.get("/clients", VIEWER, this::clients);
    router.get("/clients/{userId}", VIEWER, this::client);
    router.get("/at-risk", VIEWER, this::atRisk);
  }

  private void clients(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    ClientFilter filter = ClientFilter.read(query);
    String cursor = query.cursor();
    query.check();
    ClientListView view = clients.listView(filter, cursor, PAGE_SIZE);
    RequestInfo request = RequestInfo.of(ctx);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(request));
    parameters.put("page", view.page());
    parameters.put("filter", filter);
    parameters.put("listUrl", ListUrl.of(request));
    parameters.put("currency", view.currency());
    HtmlResponse.send(ctx, renderer.render("clients", parameters));
  }

  private void atRisk(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    ClientFilter asked = ClientFilter.read(query);
    String cursor = query.cursor();
    query.check();
    ListUrl listUrl = ListUrl.of(RequestInfo.of(ctx));
    ClientFilter filter =
        new ClientFilter(
            asked.search(),
            asked.segment(),
            asked.band(),
            true,
            asked.scoreMin(),
            asked.scoreMax(),
            asked.lastOrderFrom(),
            asked.lastOrderUntil(),
            listUrl.has("sort") ? asked.sort() : ClientFilter.Sort.AT_RISK_SINCE,
            asked.descending());
    AtRiskView view = clients.atRiskView(filter, cursor, PAGE_SIZE, Instant.now());
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("page", view.page());
    parameters.put("rows", view.rows());
    parameters.put("filter", filter);
    parameters.put("listUrl", listUrl);
    parameters.put("currency", view.currency());
    HtmlResponse.send(ctx, renderer.render("at-risk", parameters));
  }

  private void client(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    QueryParameters.of(ctx).check();
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    ClientView view =
        clients.view(userId, Instant.now()).orElseThrow(() -> ClientRoutes.noUser(userId));
    ScoringPolicy policy = view.inForce().policy();
    String currency = view.inForce().currency();
    List<ClientHistoryQueries.Event> events = view.events().items();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", v);
    parameters.put("client", view.client());
    parameters.put("forecast", view.forecast());
    parameters.put("contact", view.contact());
    parameters.put("score", waterfall(view.client(), view.forecast(), policy, currency, v));
    parameters.put("policy", policy);
    parameters.put("items", events.stream().map(event -> TimelineItem.of(event, v)).toList());
    parameters.put("moreEvents", view.events().nextCursor() != null);
    parameters.put("orders", view.orders());
    parameters.put("shape", shape(view.client(), policy.definition(), events, v));
    parameters.put("currency", currency);
    parameters.put("overrides", overrides);
    HtmlResponse.send(ctx, renderer.render("client", parameters));
  }

  /** Null if there is no score. */
  private static Waterfall waterfall(
      ClientProfile client,
      ScoreForecast forecast,
      ScoringPolicy policy,
      String currency,
      ViewContext v) {
    FactorPoints points = client.breakdown();
    if (points == null || client.computedScore() == null) {
      return null;
    }
    // What the points are for is only known of the policy that is active.
    boolean known =
        policy.version().equals(client.policyVersion()) && client.lastOrderDate() != null;
    Waterfall.Builder waterfall = new Waterfall.Builder();
    for (Factor factor : Factor.values()) {
      waterfall.part(
          factor.name(),
          points.of(factor),
          known ? why(factor, client, forecast, currency, v) : null);
    }
    return waterfall.score(
        client.computedScore(),
        Boolean.TRUE.equals(client.overridden()) ? client.engagementScore() : null,
        policy.atRiskBelow());
  }

  /** What the points of a factor are for; null if there is no more to say. */
  private static String why(
      Factor factor, ClientProfile client, ScoreForecast forecast, String currency, ViewContext v) {
    Double gaps = forecast.gaps();
    return switch (factor) {
      case RECENCY -> v.t("why.RECENCY", v.daysSince(client.lastOrderDate()));
      case RHYTHM ->
          gaps == null
              ? null
              : v.t("why.RHYTHM", v.n(gaps, 1), v.spanMillis(forecast.score().usualGap()));
      case FREQUENCY -> v.t("why.FREQUENCY", forecast.score().orderDays());
      case VALUE -> v.t("why.VALUE", v.money(forecast.spend(), currency));
      case CONTACT -> null;
    };
  }

  /** The thresholds and marks that the line of the score is drawn with. */
  private static Map<String, Object> shape(
      ClientProfile client,
      ScoringPolicy.Definition policy,
      List<ClientHistoryQueries.Event> events,
      ViewContext v) {
    List<Map<String, Object>> marks = new ArrayList<>();
    for (ClientHistoryQueries.Event event : events) {
      String kind =
          switch (event.kind()) {
            case "ORDER" -> "ORDER";
            case "EMAIL_SENT" -> "EMAIL";
            case "OVERRIDE" -> "OVERRIDE";
            default -> null;
          };
      if (kind != null) {
        TimelineItem item = TimelineItem.of(event, v);
        Map<String, Object> mark = new LinkedHashMap<>();
        mark.put("at", event.at());
        mark.put("kind", kind);
        mark.put("label", item.text());
        mark.put("detail", item.more());
        marks.add(mark);
      }
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("atRiskBelow", policy.atRiskBelow());
    shape.put(
        "bands",
        List.of(
            Map.of("from", policy.healthyFrom(), "name", v.name("band", "HEALTHY")),
            Map.of("from", policy.coolingFrom(), "name", v.name("band", "COOLING")),
            Map.of("from", policy.lowFrom(), "name", v.name("band", "LOW"))));
    shape.put("now", client.asOf());
    shape.put("marks", marks);
    return shape;
  }
}
