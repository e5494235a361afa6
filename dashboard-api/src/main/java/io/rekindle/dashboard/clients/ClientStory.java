package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.ui.ViewContext;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Instant;

/** One or two sentences that say how a client does. */
final class ClientStory {

  /** A silence of more usual gaps is late. */
  private static final double LATE_GAPS = 1.2;

  private ClientStory() {}

  static String of(
      ClientProfile client, ScoreForecast forecast, ScoringPolicy policy, ViewContext v) {
    if (client.engagementScore() == null || !forecast.score().scored()) {
      return v.t(client.asOf() == null ? "story.notScored" : "story.prospect");
    }
    String rhythm = rhythm(forecast, v);
    return Boolean.TRUE.equals(client.atRisk())
        ? v.t("story.both", rhythm, risk(client, forecast, policy, v))
        : rhythm;
  }

  private static String rhythm(ScoreForecast forecast, ViewContext v) {
    long days = v.daysSince(Instant.ofEpochMilli(forecast.score().lastOrderAt()));
    if (!forecast.hasRhythm()) {
      return v.t("story.once", days);
    }
    String gap = v.spanMillis(forecast.score().usualGap());
    double gaps = forecast.gaps();
    int orderDays = forecast.score().orderDaysEver();
    return gaps > LATE_GAPS
        ? v.t("story.away", orderDays, gap, v.n(gaps, 1))
        : v.t("story.onTime", orderDays, gap, days);
  }

  private static String risk(
      ClientProfile client, ScoreForecast forecast, ScoringPolicy policy, ViewContext v) {
    if (Boolean.TRUE.equals(client.overridden())) {
      return v.t("story.risk.override");
    }
    BigDecimal fell = forecast.fell();
    boolean below =
        client.engagementScore().compareTo(BigDecimal.valueOf(policy.atRiskBelow())) < 0;
    return below || fell == null
        ? v.t("story.risk.below", policy.atRiskBelow())
        : v.t("story.risk.fell", v.n(fell, 1), v.n(forecast.scoreAtLastOrder(), 1));
  }
}
