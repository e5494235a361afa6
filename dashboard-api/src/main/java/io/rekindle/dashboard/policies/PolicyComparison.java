package io.rekindle.dashboard.policies;

import io.rekindle.dashboard.policies.PointsTally.PointsCount;
import io.rekindle.prediction.LatestOutcomes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.ContactRule;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The differences that another policy would make, counted client by client. For one thread. */
final class PolicyComparison {

  /** Scores 0 to 4, 5 to 9, … 95 to 100. */
  static final int BUCKETS = 20;

  private static final int BUCKET_WIDTH = 5;
  private static final int WEEK = 7;

  private final long asOf;
  private final OutreachRules outreach;
  private final Side before = new Side();
  private final Side after = new Side();
  private long users;
  private long scoreChanges;
  private long bandChanges;
  private long segmentChanges;
  private long entering;
  private long leaving;
  private long emailsAtOnce;
  private long emailsCancelled;

  /**
   * The rules of outreach as they are.
   *
   * @param holdoutShare of all decisions, those of the control group included, that are not sent
   */
  record OutreachRules(boolean enabled, int staleDays, int dailyCap, double holdoutShare) {}

  /**
   * One of the two policies.
   *
   * @param distribution clients by score, in steps of five points, the last with 100 in it
   * @param unscored clients without a score
   * @param emailsPerDay of clients who may be written to, those whose risk began in the last seven
   *     days, by day, less those held out, at most the daily cap
   * @param factors clients with a score by the points of each factor; an empty list for a factor
   *     without steps
   */
  record Summary(
      String policyVersion,
      List<Long> distribution,
      long unscored,
      long atRisk,
      Map<Band, Long> bands,
      Map<Segment, Long> segments,
      double averageScore,
      double emailsPerDay,
      Map<String, List<PointsCount>> factors) {}

  /**
   * The two policies side by side.
   *
   * @param scoreChanges clients whose score would be another
   * @param enteringAtRisk clients who would be at risk and are not
   * @param leavingAtRisk clients who are at risk and would not be
   * @param emailsAtOnce of those who would enter, those who may be written to and whose risk began
   *     lately enough, less those held out, at most the daily cap
   * @param emailsCancelled emails that wait to be sent, to clients who would not be at risk
   * @param quality how good both would have been
   */
  record Result(
      long users,
      long scoreChanges,
      long bandChanges,
      long segmentChanges,
      long enteringAtRisk,
      long leavingAtRisk,
      double emailsAtOnce,
      long emailsCancelled,
      Summary before,
      Summary after,
      Quality quality) {}

  /**
   * How good both policies would have been at a past instant, by what came after. The probabilities
   * are those of the policies' tables.
   *
   * @param from the instant
   * @param days the days after it in which an order is a return
   * @param clients who had an order by then
   * @param returns those of them who ordered in these days
   */
  record Quality(
      Instant from,
      int days,
      long clients,
      long returns,
      LatestOutcomes.Figures before,
      LatestOutcomes.Figures after) {

    /** The policy in force is the first of the two. */
    static Quality of(LatestOutcomes outcomes) {
      return new Quality(
          Instant.ofEpochMilli(outcomes.instant()),
          LatestOutcomes.HORIZON_DAYS,
          outcomes.clients(),
          outcomes.returns(),
          outcomes.figures(0),
          outcomes.figures(1));
    }
  }

  /** The counts of all clients under one policy. */
  private static final class Side {

    private final long[] distribution = new long[BUCKETS];
    private final Map<Band, Long> bands = new EnumMap<>(Band.class);
    private final Map<Segment, Long> segments = new EnumMap<>(Segment.class);
    private final PointsTally points = new PointsTally();
    private long unscored;
    private long atRisk;
    private long lately;
    private double sum;

    void add(Score score, boolean reachable, long weekAgo) {
      if (score.scored()) {
        int bucket = (int) Math.floor(score.score() / BUCKET_WIDTH);
        distribution[Math.max(0, Math.min(BUCKETS - 1, bucket))]++;
        sum += score.score();
        points.add(score.breakdown());
      } else {
        unscored++;
      }
      bands.merge(score.band(), 1L, Long::sum);
      segments.merge(score.segment(), 1L, Long::sum);
      if (score.atRisk()) {
        atRisk++;
        if (reachable && score.atRiskSince() >= weekAgo) {
          lately++;
        }
      }
    }

    Summary summary(String policyVersion, long users, OutreachRules outreach) {
      return new Summary(
          policyVersion,
          Arrays.stream(distribution).boxed().toList(),
          unscored,
          atRisk,
          bands,
          segments,
          users == unscored ? 0 : Math.round(100 * sum / (users - unscored)) / 100.0,
          emails(lately / (double) WEEK, outreach),
          points.byFactor());
    }
  }

  PolicyComparison(long asOf, OutreachRules outreach) {
    this.asOf = asOf;
    this.outreach = outreach;
  }

  /**
   * Counts a client.
   *
   * @param reachable whether the client may be written to
   * @param waitingEmails emails to the client that wait to be sent
   */
  void add(Score old, Score changed, boolean reachable, long waitingEmails) {
    users++;
    if (!changed.atRisk()) {
      emailsCancelled += waitingEmails;
    }
    long weekAgo = asOf - TimeUnit.DAYS.toMillis(WEEK);
    before.add(old, reachable, weekAgo);
    after.add(changed, reachable, weekAgo);
    if (old.scored() != changed.scored() || old.score() != changed.score()) {
      scoreChanges++;
    }
    if (old.band() != changed.band()) {
      bandChanges++;
    }
    if (old.segment() != changed.segment()) {
      segmentChanges++;
    }
    if (changed.atRisk() && !old.atRisk()) {
      entering++;
      Instant atRiskSince = Instant.ofEpochMilli(changed.atRiskSince());
      if (reachable
          && !ContactRule.isStale(atRiskSince, outreach.staleDays(), Instant.ofEpochMilli(asOf))) {
        emailsAtOnce++;
      }
    } else if (old.atRisk() && !changed.atRisk()) {
      leaving++;
    }
  }

  long users() {
    return users;
  }

  Result result(String oldVersion, String newVersion, LatestOutcomes outcomes) {
    return new Result(
        users,
        scoreChanges,
        bandChanges,
        segmentChanges,
        entering,
        leaving,
        emails((double) emailsAtOnce, outreach),
        emailsCancelled,
        before.summary(oldVersion, users, outreach),
        after.summary(newVersion, users, outreach),
        Quality.of(outcomes));
  }

  private static double emails(double decisions, OutreachRules outreach) {
    double emails =
        outreach.enabled()
            ? Math.min(decisions * (1 - outreach.holdoutShare()), outreach.dailyCap())
            : 0;
    return Math.round(10 * emails) / 10.0;
  }
}
