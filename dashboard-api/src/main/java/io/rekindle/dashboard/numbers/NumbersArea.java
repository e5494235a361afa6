package io.rekindle.dashboard.numbers;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.javalin.http.Context;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.CsvFormat;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.Scope;
import io.rekindle.dashboard.numbers.Standing.Bin;
import io.rekindle.dashboard.numbers.Standing.SegmentStanding;
import io.rekindle.dashboard.numbers.Standing.Thresholds;
import io.rekindle.dashboard.text.Messages;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** The addresses of the numbers about everybody. */
public final class NumbersArea implements Area {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);
  private static final int DEFAULT_DAYS = 30;

  private static final CsvFormat<Experiment.Arm> ARMS_CSV =
      CsvFormat.<Experiment.Arm>named("arms")
          .with("arm", Experiment.Arm::arm)
          .with("configuredShare", Experiment.Arm::configuredShare)
          .with("decided", Experiment.Arm::decided)
          .with("stillOpen", Experiment.Arm::stillOpen)
          .with("users", Experiment.Arm::users)
          .with("sent", Experiment.Arm::sent)
          .with("reactivated", Experiment.Arm::reactivated)
          .with("rate", Experiment.Arm::rate)
          .with("uplift", Experiment.Arm::uplift)
          .with("upliftLow", Experiment.Arm::upliftLow)
          .with("upliftHigh", Experiment.Arm::upliftHigh)
          .with("revenue", Experiment.Arm::revenue)
          .with("revenuePerUser", Experiment.Arm::revenuePerUser)
          .with("revenueDifference", Experiment.Arm::revenueDifference)
          .with("revenueLow", Experiment.Arm::revenueLow)
          .with("revenueHigh", Experiment.Arm::revenueHigh)
          .with("unconvertedOrders", Experiment.Arm::unconvertedOrders)
          .with("moreUsersNeeded", Experiment.Arm::moreUsersNeeded)
          .with("verdict", Experiment.Arm::verdict);

  private final Messages messages = new Messages(Locale.ENGLISH);
  private final Numbers numbers;

  public NumbersArea(Numbers numbers) {
    this.numbers = numbers;
  }

  @Override
  public void register(Router router) {
    router.get("/api/overview", READ, ctx -> answer(ctx, overview(numbers.overview())));
    router.get("/api/segments", READ, ctx -> answer(ctx, Segments.of(numbers.standing())));
    router.get("/api/distribution", READ, ctx -> answer(ctx, Distribution.of(numbers.standing())));
    router.get("/api/trend", READ, ctx -> overDays(ctx, numbers::trend));
    router.get("/api/at-risk-flow", READ, ctx -> overDays(ctx, numbers::atRiskFlow));
    router.get("/api/funnel", READ, ctx -> overDays(ctx, numbers::funnel));
    router.get("/api/decisions", READ, ctx -> overDays(ctx, numbers::decisions));
    router.get("/api/deliverability", READ, ctx -> overDays(ctx, numbers::deliverability));
    router.get("/api/experiments/{experimentId}", READ, this::experiment);
  }

  /** The figures of the day, each with the words that it takes to read it right. */
  private record Overview(Instant asOf, Instant scoredUntil, List<ExplainedFigure> figures) {}

  /**
   * A figure with its words.
   *
   * @param share value as a part of the denominator, 0 to 1; null if it is no part of anything
   * @param definition what value counts
   * @param changeDefinition what change compares; for an estimate, what its interval is
   * @param denominatorDefinition what denominator counts
   */
  private record ExplainedFigure(
      @JsonUnwrapped Figure figure,
      Double share,
      String name,
      String definition,
      String changeDefinition,
      String denominatorDefinition) {}

  private Overview overview(Numbers.Overview overview) {
    return new Overview(
        overview.asOf(),
        overview.scoredUntil(),
        overview.figures().stream().map(this::explained).toList());
  }

  private ExplainedFigure explained(Figure figure) {
    String key = "figure." + figure.id();
    return new ExplainedFigure(
        figure,
        figure.share(),
        messages.get(key),
        messages.get(key + ".definition"),
        messages.get(key + ".compared"),
        messages.get(key + ".denominator"));
  }

  /** Segments by size. */
  private record Segments(
      Instant asOf, long clients, String currency, List<SegmentStanding> segments) {
    static Segments of(Standing standing) {
      return new Segments(
          standing.asOf(), standing.clients(), standing.currency(), standing.segments());
    }
  }

  /** How many clients have which score. */
  private record Distribution(
      Instant asOf,
      long scored,
      BigDecimal averageScore,
      Thresholds policy,
      Map<String, Long> bands,
      List<Bin> bins) {
    static Distribution of(Standing standing) {
      return new Distribution(
          standing.asOf(),
          standing.scored(),
          standing.averageScore(),
          standing.policy(),
          standing.bands(),
          standing.bins());
    }
  }

  private void experiment(Context ctx) throws IOException, SQLException {
    String id = Query.pathId(ctx, "experimentId");
    Query query = Query.of(ctx);
    boolean csv = Lists.csv(ctx, query);
    query.check();
    Experiment experiment = numbers.experiment(id);
    if (csv) {
      Lists.write(ctx, ARMS_CSV, experiment.arms());
    } else {
      ctx.json(experiment);
    }
  }

  private static void answer(Context ctx, Object body) {
    Query.of(ctx).check();
    ctx.json(body);
  }

  private static void overDays(Context ctx, IntFunction<Object> numbers) {
    Query query = Query.of(ctx);
    int days = query.integer("days", 1, Numbers.DAYS, DEFAULT_DAYS);
    query.check();
    ctx.json(numbers.apply(days));
  }
}
