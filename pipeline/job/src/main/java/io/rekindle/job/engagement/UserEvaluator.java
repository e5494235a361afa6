package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.job.outreach.Candidate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.Decisions;
import io.rekindle.job.rules.PolicyTimeline.PolicyPeriod;
import io.rekindle.job.rules.RuleTimelines;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.OrderLedger;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.job.state.UserState;
import io.rekindle.scoring.Score;
import java.util.List;

/**
 * Applies a user's changes and evaluates the user, as of each instant with a commit or a due
 * review.
 *
 * <p>A score update as of t therefore rests on exactly the commits until t. A late change counts as
 * of the first instant that is not yet evaluated.
 *
 * <p>While orders from before are being added to a user, {@link BackfillRule} lets the evaluation
 * wait: it sees all of them at once. A user who leaves the shop meanwhile does not wait.
 *
 * <p>An episode opens when the user becomes at risk, and is decided once. The class knows no clock
 * and no Flink. Not thread-safe.
 */
final class UserEvaluator {

  /** Receives the results in the order of their instants. */
  interface Receiver {

    /**
     * Takes a score update.
     *
     * @param lastApplied the last new change in the score; null without a new change
     */
    void scoreUpdate(ScoreUpdate update, Change lastApplied);

    /** Takes the decision about a new episode. */
    void decision(Decision decision);

    /** Takes note of a change that is no newer than the known row. */
    void duplicate();
  }

  private final RuleTimelines rules;
  private final OrderLedger orders;
  private final BackfillRule backfills;
  private final Receiver receiver;

  /**
   * @param rules the rules, to which a caller may add between two calls
   * @param orders the orders of the user whose state is passed to {@link #catchUp}
   */
  UserEvaluator(
      RuleTimelines rules, OrderLedger orders, BackfillRule backfills, Receiver receiver) {
    this.rules = rules;
    this.orders = orders;
    this.backfills = backfills;
    this.receiver = receiver;
  }

  /**
   * Applies changes, and evaluates as of each instant until the watermark.
   *
   * @param state the state, which the call changes
   * @param changes in {@link WaitingChange#ORDER}, all at the watermark or before
   * @return the state afterwards: the same object, or a new one if all of it had expired
   */
  UserState catchUp(String userId, UserState state, List<WaitingChange> changes, long watermark) {
    UserState user = state;
    int next = 0;
    while (true) {
      long changeAt = next < changes.size() ? changes.get(next).instant() : UserState.NEVER_DUE;
      long dueAt = dueAt(user);
      long at = Math.min(changeAt, dueAt);
      if (at > watermark) {
        return user;
      }
      user = user.expiredAt(at, orders);
      Change lastApplied = null;
      boolean newUser = false;
      for (; next < changes.size() && changes.get(next).instant() <= at; next++) {
        Change change = changes.get(next).change();
        boolean unknownUser = user.profile() == null;
        boolean equal = change.snapshot() && user.holds(change);
        if (user.apply(change, at, orders) && !equal) {
          lastApplied = change;
          newUser |= unknownUser && change instanceof UserChanged;
          if (BackfillRule.isBackfill(change)) {
            user.loading(backfills.after(user.loading(), at));
          }
        } else {
          receiver.duplicate();
        }
      }
      boolean loaded = user.loading() != null && user.loading().until() <= at;
      if (loaded) {
        user.loading(null);
      }
      if (user.loading() != null && user.profile() != null) {
        continue;
      }
      if (lastApplied != null || dueAt <= at) {
        evaluate(userId, user, at, lastApplied, newUser, loaded);
      }
    }
  }

  /** The next instant of an evaluation without a change; NEVER_DUE without one. */
  long dueAt(UserState user) {
    if (user.loading() != null) {
      return user.loading().until();
    }
    return user.published() == null
        ? user.reviewAt()
        : Math.min(user.reviewAt(), rules.policies().nextSwitch(user.evaluatedAt()));
  }

  private void evaluate(
      String userId, UserState user, long at, Change lastApplied, boolean newUser, boolean loaded) {
    PublishedScore previous = user.published();
    if (user.profile() == null) {
      if (user.evaluatedAsRemoved(at)) {
        receiver.scoreUpdate(removal(userId, user, at, previous), lastApplied);
      }
      return;
    }
    PolicyPeriod period = rules.policies().at(at);
    Score computed = period.scorer().score(user.orders(), at, user.lastContactAt());
    UserState.ScoreOverride override = user.overrideAt(at);
    Score score = override == null ? computed : overridden(computed, override, period);
    PublishedScore published = PublishedScore.of(score, override != null);

    Cause ofChange = loaded || lastApplied == null ? null : Cause.of(lastApplied, newUser);
    Cause cause = ofChange;
    String causeId = null;
    if (loaded) {
      cause = Cause.BACKFILL;
    } else if (ofChange != null) {
      causeId = causeId(lastApplied);
    } else {
      cause = causeWithoutChange(user, published, period);
      causeId = cause == Cause.POLICY ? period.version() : null;
    }

    user.evaluated(published, at, computed.unconvertedOrders(), reviewAt(score));
    receiver.scoreUpdate(
        new ScoreUpdate(
            userId,
            at,
            user.revision(),
            score,
            computed,
            override != null,
            user.lastContactAt(),
            period.version(),
            previous,
            cause,
            causeId,
            previous == null || published.differs(previous),
            updateEpisode(userId, user, score, published, period)),
        lastApplied);
  }

  private static ScoreUpdate removal(
      String userId, UserState user, long at, PublishedScore previous) {
    return new ScoreUpdate(
        userId,
        at,
        user.revision(),
        null,
        null,
        false,
        user.lastContactAt(),
        null,
        previous,
        Cause.USER_REMOVED,
        null,
        true,
        user.closeEpisode(at, Episode.CloseReason.USER_REMOVED));
  }

  private static Score overridden(
      Score computed, UserState.ScoreOverride override, PolicyPeriod period) {
    return period
        .scorer()
        .overridden(computed, override.score(), override.setAt(), override.expiresAt());
  }

  private static long reviewAt(Score score) {
    return score.nextReview() == Score.NEVER ? UserState.NEVER_DUE : score.nextReview();
  }

  /** The cause of an evaluation without a change. */
  private static Cause causeWithoutChange(
      UserState before, PublishedScore published, PolicyPeriod period) {
    if (before.published() == null) {
      return Cause.SNAPSHOT;
    } else if (before.published().overridden() && !published.overridden()) {
      return Cause.OVERRIDE_ENDED;
    }
    return period.since() > before.evaluatedAt() ? Cause.POLICY : Cause.TIME;
  }

  private static String causeId(Change change) {
    String row = change.snapshot() ? "" : CommitOrder.row(change);
    return row.isEmpty() ? null : row;
  }

  /** Opens or closes the user's episode and returns it; null if it does neither. */
  private Episode updateEpisode(
      String userId, UserState user, Score score, PublishedScore published, PolicyPeriod period) {
    if (user.episode() != null) {
      return period.policy().recovered(score.atRisk(), score.scored(), score.score())
          ? user.closeEpisode(
              user.evaluatedAt(),
              score.scored() ? Episode.CloseReason.RECOVERED : Episode.CloseReason.NO_ORDERS)
          : null;
    }
    if (!score.atRisk()) {
      return null;
    }
    Episode opened =
        user.openEpisode(score.atRiskSince(), user.evaluatedAt(), score.score(), period.version());
    if (!user.wasDecided(opened.openedAt())) {
      decide(userId, user, score, published.overridden(), opened);
    }
    return opened;
  }

  /** Decides about a new episode, once and for all. */
  private void decide(
      String userId, UserState user, Score score, boolean overridden, Episode opened) {
    OutreachRules outreach = rules.outreach().at(opened.noticedAt());
    Candidate candidate =
        new Candidate(
            user.recipient(),
            user.suppression(),
            user.lastContactAt(),
            score,
            overridden,
            opened.policyVersion(),
            user.armOf(outreach.experimentId()),
            user.profile().facts(userId, score));
    Decision decision =
        Decisions.decide(candidate, opened.openedAt(), opened.noticedAt(), outreach);
    user.decided(opened.openedAt(), decision.experimentId(), decision.arm());
    receiver.decision(decision);
  }
}
