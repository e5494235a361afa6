package io.rekindle.dashboard.clients;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.clients.ClientService.ClientListView;
import io.rekindle.dashboard.clients.ClientService.ClientView;
import io.rekindle.dashboard.clients.PastClientService.PastClientListView;
import io.rekindle.dashboard.database.FactorPoints;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.dashboard.ui.Waterfall;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.OrderProbability;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The pages about clients. */
public final class ClientPages implements Routes {

  private static final int PAGE_SIZE = 50;

  /** The days of the probability in a fitted policy. */
  private static final int USUAL_DAYS = 90;

  /** The thresholds and marks that the line of the score is drawn with. */
  public record Shape(
      int atRiskBelow,
      List<BandStart> bands,
      Instant now,
      List<Mark> marks,
      List<ForecastPoint> forecast) {}

  /** The score from an instant on, if there is no order until then. */
  public record ForecastPoint(Instant at, BigDecimal score) {}

  public record BandStart(int from, String name) {}

  public record Mark(Instant at, String kind, String label, String detail) {}

  private final PageRenderer renderer;
  private final ClientService clients;
  private final PastClientService past;
  private final StoredFilters stored;
  private final boolean overrides;

  /**
   * Creates the pages.
   *
   * @param overrides whether scores may be set by hand
   */
  public ClientPages(
      PageRenderer renderer,
      ClientService clients,
      PastClientService past,
      StoredFilters stored,
      boolean overrides) {
    this.past = past;
    this.stored = stored;
    this.renderer = renderer;
    this.clients = clients;
    this.overrides = overrides;
  }

  @Override
  public void register(Router router) {
    router.page("/clients", VIEWER, this::clients);
    router.page("/clients/{userId}", VIEWER, this::client);
    router.page("/at-risk", VIEWER, this::atRisk);
  }

  private Page clients(Context ctx) {
    QueryParameters query = ClientFilter.parameters(QueryParameters.of(ctx), stored);
    if (PastFilter.isAsked(query)) {
      return pastClients(query);
    }
    ClientFilter filter = ClientFilter.read(query);
    List<ClientColumn> columns = ClientColumn.read(query, ClientColumn.OF_CLIENTS);
    String cursor = query.cursor();
    query.check();
    ClientListView view = clients.listView(filter, cursor, PAGE_SIZE, Instant.now());
    return page("clients", view, columns)
        .with("stored", ClientFilter.stored(query))
        .with("known", view.known());
  }

  private Page pastClients(QueryParameters query) {
    PastFilter filter = PastFilter.read(query);
    String cursor = query.cursor();
    query.check();
    PastClientListView view = past.view(filter, cursor, PAGE_SIZE);
    filter.rejectUnknownDays(query, view.known());
    query.check();
    return new Page("past-clients")
        .with("page", view.page())
        .with("on", filter.on())
        .with("known", view.known());
  }

  private Page atRisk(Context ctx) {
    QueryParameters query = ClientFilter.parameters(QueryParameters.of(ctx), stored);
    ClientFilter filter = ClientFilter.readAtRisk(query);
    List<ClientColumn> columns = ClientColumn.read(query, ClientColumn.OF_CLIENTS_AT_RISK);
    boolean sorted = query.text("sort", 100) != null;
    String cursor = query.cursor();
    query.check();
    ClientListView view = clients.atRiskView(filter, sorted, cursor, PAGE_SIZE, Instant.now());
    Map<String, String> stored = ClientFilter.stored(query);
    stored.put("atRisk", "true");
    if (filter.traits().winnable() != null) {
      stored.put("winnable", filter.traits().winnable().toString());
    }
    return page("at-risk", view, columns)
        .with("stored", stored)
        .with("money", view.policy().money().isPresent())
        .with("probabilityDays", probabilityDays(view.policy()));
  }

  private static Page page(String template, ClientListView view, List<ClientColumn> columns) {
    return new Page(template)
        .with("page", view.page())
        .with("filter", view.filter())
        .with("columns", columns)
        .with("currency", view.currency());
  }

  private Page client(Context ctx) {
    String userId = QueryParameters.pathId(ctx, "userId");
    QueryParameters.of(ctx).check();
    ViewContext v = renderer.view(RequestInfo.of(ctx));
    ClientView view =
        clients.view(userId, Instant.now()).orElseThrow(() -> HttpProblem.notFound("user", userId));
    ScoringPolicy policy = view.inForce().policy();
    String currency = view.inForce().currency();
    List<ClientHistoryQueries.Event> events = view.events().items();
    return new Page("client")
        .with("client", view.client())
        .with("forecast", view.forecast())
        .with("yearAhead", view.yearAhead())
        .with("contact", view.contact())
        .with("score", waterfall(view.client(), view.forecast(), policy, currency, v))
        .with("policy", policy)
        .with("probabilityDays", probabilityDays(policy))
        .with("story", ClientStory.of(view.client(), view.forecast(), policy, v))
        .with("items", events.stream().map(event -> TimelineItem.of(event, v)).toList())
        .with("moreEvents", view.events().nextCursor() != null)
        .with("orders", view.orders())
        .with("shape", shape(view.client(), view.forecast(), policy.definition(), events, v))
        .with("currency", currency)
        .with("overrides", overrides);
  }

  /** A stored probability can be that of a policy before, which had the usual days. */
  private static int probabilityDays(ScoringPolicy policy) {
    return policy.probability().map(OrderProbability::horizonDays).orElse(USUAL_DAYS);
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
    // The reasons for points are only known of the policy in force.
    boolean known =
        policy.version().equals(client.policyVersion()) && client.lastOrderDate() != null;
    Waterfall.Builder waterfall = new Waterfall.Builder();
    for (Factor factor : Factor.values()) {
      BigDecimal part = points.of(factor);
      // A factor that the policy does not have needs no line.
      boolean shown = part != null && (part.signum() != 0 || policy.has(factor));
      waterfall.part(
          factor.name(),
          shown ? part : null,
          known ? why(factor, client, forecast, currency, v) : null);
    }
    return waterfall.score(
        client.computedScore(),
        Boolean.TRUE.equals(client.overridden()) ? client.engagementScore() : null,
        policy.atRiskBelow());
  }

  /** The reason for the points of a factor; null if there is none. */
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
      case LOYALTY -> v.t("why.LOYALTY", forecast.score().orderDaysEver());
    };
  }

  private static Shape shape(
      ClientProfile client,
      ScoreForecast forecast,
      ScoringPolicy.Definition policy,
      List<ClientHistoryQueries.Event> events,
      ViewContext v) {
    List<Mark> marks = new ArrayList<>();
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
        marks.add(new Mark(event.at(), kind, item.text(), item.more()));
      }
    }
    List<BandStart> bands =
        List.of(
            new BandStart(policy.healthyFrom(), v.name("band", "HEALTHY")),
            new BandStart(policy.coolingFrom(), v.name("band", "COOLING")),
            new BandStart(policy.lowFrom(), v.name("band", "LOW")));
    List<ForecastPoint> coming =
        Boolean.TRUE.equals(client.overridden())
            ? List.of()
            : forecast.steps().stream()
                .filter(step -> step.score() != null)
                .map(step -> new ForecastPoint(step.at(), step.score()))
                .toList();
    return new Shape(policy.atRiskBelow(), bands, client.asOf(), marks, coming);
  }
}
