package io.rekindle.dashboard.clients;

import static io.rekindle.dashboard.web.Access.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.policies.ActivePolicy;
import io.rekindle.dashboard.statistics.SegmentCounts;
import io.rekindle.dashboard.statistics.StatisticsService;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.ui.Waterfall;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** The addresses of the pages about clients. */
public final class ClientPages implements Routes {

  private static final int PAGE_SIZE = 50;
  private static final int EVENTS = 100;
  private static final int ORDERS = 25;

  private final PageRenderer renderer;
  private final ClientRoutes clients;
  private final StatisticsService statistics;
  private final Jdbi jdbi;
  private final boolean overrides;

  /**
   * @param overrides whether scores may be set by hand
   */
  public ClientPages(
      PageRenderer renderer,
      ClientRoutes clients,
      StatisticsService statistics,
      Jdbi jdbi,
      boolean overrides) {
    this.renderer = renderer;
    this.clients = clients;
    this.statistics = statistics;
    this.jdbi = jdbi;
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
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("page", clients.clients(filter, cursor, PAGE_SIZE, true));
    parameters.put("filter", filter);
    parameters.put("listUrl", ListUrl.of(RequestInfo.of(ctx)));
    parameters.put("currency", statistics.segmentCounts().currency());
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
    ClientRoutes.ClientListPage page = clients.clients(filter, cursor, PAGE_SIZE, true);
    Instant now = Instant.now();
    List<AtRiskRow> rows =
        jdbi.withHandle(
            handle -> {
              Map<String, BigDecimal> most = most(ActivePolicy.read(handle));
              Duration cooldown = ContactStatusQuery.cooldown(handle);
              Map<String, ContactStatusQuery.ContactStatus> contacts =
                  ContactStatusQuery.of(
                      handle, page.items().stream().map(ClientProfile::userId).toList());
              return page.items().stream()
                  .map(
                      client ->
                          AtRiskRow.of(client, contacts.get(client.userId()), cooldown, most, now))
                  .toList();
            });
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("page", page);
    parameters.put("rows", rows);
    parameters.put("filter", filter);
    parameters.put("listUrl", listUrl);
    parameters.put("currency", statistics.segmentCounts().currency());
    HtmlResponse.send(ctx, renderer.render("at-risk", parameters));
  }

  /** The most points that each factor of a policy can give, as far as it has tiers. */
  private static Map<String, BigDecimal> most(ScoringPolicy policy) {
    JsonNode document = Json.column(policy.json());
    Map<String, BigDecimal> most = new HashMap<>();
    for (String factor : new String[] {"recency", "rhythm", "frequency", "value"}) {
      for (JsonNode tier : document.path(factor).path("tiers")) {
        most.merge(
            factor.toUpperCase(Locale.ROOT),
            tier.path("points").decimalValue(),
            (a, b) -> a.max(b));
      }
    }
    return most;
  }

  private void client(Context ctx) throws Exception {
    String userId = QueryParameters.pathId(ctx, "userId");
    QueryParameters.of(ctx).check();
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    ClientProfile client = clients.client(userId);
    ListPage<ClientHistoryQueries.Event> events = clients.timeline(userId, null, EVENTS);
    SegmentCounts segmentCounts = statistics.segmentCounts();
    Instant now = Instant.now();
    Map<String, Object> parameters = new HashMap<>();
    jdbi.useHandle(
        handle -> {
          ScoringPolicy policy = ActivePolicy.read(handle);
          ScoreForecast forecast =
              ScoreForecast.of(handle.getConnection(), policy, userId, now, client.lastContactAt());
          parameters.put("forecast", forecast);
          parameters.put("contact", ContactStatusQuery.of(handle, List.of(userId)).get(userId));
          parameters.put("score", waterfall(client, forecast, policy, segmentCounts.currency(), v));
          parameters.put("policy", policy);
        });
    parameters.put("v", v);
    parameters.put("client", client);
    parameters.put("items", events.items().stream().map(e -> TimelineItem.of(e, v)).toList());
    parameters.put("moreEvents", events.nextCursor() != null);
    parameters.put("orders", clients.orders(userId, null, ORDERS));
    parameters.put("shape", shape(client, segmentCounts, events.items(), v));
    parameters.put("currency", segmentCounts.currency());
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
    ClientProfile.Breakdown points = client.breakdown();
    if (points == null || client.computedScore() == null) {
      return null;
    }
    // What the points are for is only known of the policy that is active.
    boolean known =
        policy.version().equals(client.policyVersion()) && client.lastOrderDate() != null;
    Double gaps = forecast.gaps();
    return new Waterfall.Builder()
        .part(
            "RECENCY",
            points.recency(),
            known ? v.t("why.RECENCY", v.daysSince(client.lastOrderDate())) : null)
        .part(
            "RHYTHM",
            points.rhythm(),
            known && gaps != null
                ? v.t("why.RHYTHM", v.n(gaps, 1), v.spanMillis(forecast.score().usualGap()))
                : null)
        .part(
            "FREQUENCY",
            points.frequency(),
            known ? v.t("why.FREQUENCY", forecast.score().orderDays()) : null)
        .part(
            "VALUE",
            points.value(),
            known ? v.t("why.VALUE", v.money(forecast.spend(), currency)) : null)
        .part("CONTACT", points.contact(), null)
        .score(
            client.computedScore(),
            Boolean.TRUE.equals(client.overridden()) ? client.engagementScore() : null,
            policy.atRiskBelow());
  }

  /** What the score's line is drawn with: thresholds, and marks of what happened. */
  private static Map<String, Object> shape(
      ClientProfile client,
      SegmentCounts segmentCounts,
      List<ClientHistoryQueries.Event> events,
      ViewContext v) {
    SegmentCounts.Thresholds policy = segmentCounts.policy();
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
