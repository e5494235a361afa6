package io.rekindle.dashboard.statistics;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.ui.Messages;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** The routes of the statistics about all clients. */
public final class StatisticsRoutes implements Routes {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final int DEFAULT_DAYS = 30;

  private final Messages messages = new Messages(Locale.ENGLISH);
  private final StatisticsService statistics;

  public StatisticsRoutes(StatisticsService statistics) {
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.get("/api/overview", READ, this::overview);
    router.get(
        "/api/segments",
        READ,
        ctx -> answer(ctx, counts("asOf", "clients", "currency", "segments")));
    router.get(
        "/api/distribution",
        READ,
        ctx -> answer(ctx, counts("asOf", "scored", "averageScore", "policy", "bands", "bins")));
    router.get("/api/factors", READ, ctx -> answer(ctx, statistics.factorCounts()));
    router.get("/api/counts", READ, this::counts);
    router.get("/api/rfm", READ, ctx -> answer(ctx, counts("asOf", "currency", "rfm")));
    router.get("/api/movement", READ, this::movement);
    router.get("/api/order-months", READ, this::orderMonths);
    router.get("/api/cohorts", READ, ctx -> answer(ctx, statistics.cohorts()));
    router.get("/api/trend", READ, ctx -> ctx.json(statistics.trend(scoreDays(ctx))));
    router.get(
        "/api/risk-transitions",
        READ,
        ctx -> ctx.json(statistics.dailyRiskTransitions(scoreDays(ctx))));
    router.get("/api/funnel", READ, ctx -> overDays(ctx, statistics::funnel));
    router.get("/api/decisions", READ, ctx -> overDays(ctx, statistics::decisions));
    router.get("/api/control-group", READ, ctx -> overDays(ctx, statistics::controlGroup));
    router.get("/api/deliverability", READ, ctx -> overDays(ctx, statistics::deliverability));
  }

  private void overview(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = period(query);
    query.check();
    ctx.json(explained(statistics.overview(days)));
  }

  /** The KPIs, each with the words that explain it. */
  private record ExplainedOverview(
      @JsonUnwrapped @JsonIgnoreProperties("kpis") Overview overview, List<ExplainedKpi> kpis) {}

  /**
   * A KPI with its words.
   *
   * @param share value as a part of the denominator, 0 to 1; null if it is no part of anything
   * @param definition the meaning of value
   * @param changeDefinition the meaning of change; for an estimate, of its interval
   * @param denominatorDefinition the meaning of denominator
   */
  private record ExplainedKpi(
      @JsonUnwrapped Kpi kpi,
      Double share,
      String name,
      String definition,
      String changeDefinition,
      String denominatorDefinition) {}

  private ExplainedOverview explained(Overview overview) {
    return new ExplainedOverview(overview, overview.kpis().stream().map(this::explained).toList());
  }

  private ExplainedKpi explained(Kpi kpi) {
    String key = "kpi." + kpi.id();
    return new ExplainedKpi(
        kpi,
        kpi.share(),
        messages.get(key),
        messages.get(key + ".definition"),
        messages.get(key + ".compared"),
        messages.get(key + ".denominator"));
  }

  /** Some of the counts, by the names of their components. */
  private ObjectNode counts(String... names) {
    ObjectNode counts = Json.MAPPER.valueToTree(statistics.segmentCounts());
    return counts.retain(names);
  }

  private static void answer(Context ctx, Object body) {
    QueryParameters.of(ctx).check();
    ctx.json(body);
  }

  private static void overDays(Context ctx, IntFunction<Object> statistics) {
    ctx.json(statistics.apply(days(ctx)));
  }

  /** How many days of outreach a request asks for. */
  private static int days(Context ctx) {
    return days(ctx, StatisticsService.DAYS);
  }

  private static int scoreDays(Context ctx) {
    return days(ctx, StatisticsService.SCORE_DAYS);
  }

  private static int days(Context ctx, int most) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = days(query, most);
    query.check();
    return days;
  }

  /** Reads which period a request asks for. */
  static int period(QueryParameters query) {
    int days = days(query, StatisticsService.SCORE_DAYS);
    if (!StatisticsService.PERIODS.contains(days)) {
      query.reject(
          "days",
          "has to be one of "
              + StatisticsService.PERIODS.stream().map(String::valueOf).collect(joining(", "))
              + ".");
    }
    return days;
  }

  /** Reads how many days a request asks for. */
  static int days(QueryParameters query, int most) {
    return query.integer("days", 1, most, DEFAULT_DAYS);
  }

  private void counts(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    LocalDate day = query.day("asOf");
    if (day == null) {
      query.reject("asOf", "is required.");
    }
    query.check();
    ctx.json(shopDay(statistics, day));
  }

  /**
   * The counts of a day.
   *
   * @throws HttpProblem 400 if no score of it is known
   */
  static ShopDay shopDay(StatisticsService statistics, LocalDate day) {
    return statistics
        .shopDay(day)
        .orElseThrow(() -> HttpProblem.invalid("asOf", statistics.knownHistory().mistake(day)));
  }

  private void orderMonths(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = period(query);
    query.check();
    ctx.json(statistics.orderMonths().within(days));
  }

  private void movement(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    LocalDate from = query.day("from");
    LocalDate to = query.day("to");
    for (String name : List.of("from", "to")) {
      if (query.text(name, 20) == null) {
        query.reject(name, "is required.");
      }
    }
    checkDays(query, from, to, statistics.knownHistory());
    query.check();
    ctx.json(
        statistics
            .movement(from, to)
            .orElseThrow(() -> HttpProblem.invalid("from", "is not known any more.")));
  }

  /** Tells what is wrong with the two days of a movement; either may be null. */
  static void checkDays(QueryParameters query, LocalDate from, LocalDate to, KnownHistory known) {
    if (from != null && !known.has(from)) {
      query.reject("from", known.mistake(from));
    }
    if (to != null && !known.has(to)) {
      query.reject("to", known.mistake(to));
    }
    if (from != null && to != null && !to.isAfter(from)) {
      query.reject("to", "has to be after from.");
    }
  }
}
