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
import io.rekindle.job.state.PublishedScore;
import io.rekindle.job.state.UserState;
import io.rekindle.scoring.Score;
import java.util.List;

/**
 * Applies a user's changes and evaluates the user, as of each instant at which something was
 * committed or was due by itself.
 *
 * <p>So a score update as of t rests on exactly what was committed until t. A late change counts as
 * of the first instant that is not yet evaluated.
 *
 * <p>When the user becomes at risk an episode opens, and is decided once. Knows no clock and no
 * Flink. Not safe for use by several threads.
 */
final class UserEvaluator {

  /** Gets the results, one by one, in the order of their instants. */
  interface Receiver {

    /**
     * Takes a score update.
     *
     * @param lastApplied the last change that it is the first to count; null if it counts none
     */
    void scoreUpdate(ScoreUpdate update, Change lastApplied);

    /** Takes the decision about an episode that has just opened. */
    void decision(Decision decision);

    /** Takes note of a change that is no newer than what is known. */
    void duplicate();
  }

  private final RuleTimelines rules;
  private final long tombstoneRetentionMs;
  private final Receiver receiver;

  /**
   * @param rules as they are when a user is evaluated: may be added to between two calls
   * @param tombstoneRetentionMs how long a deleted row is remembered, in event time
   */
  UserEvaluator(RuleTimelines rules, long tombstoneRetentionMs, Receiver receiver) {
    this.rules = rules;
    this.tombstoneRetentionMs = tombstoneRetentionMs;
    this.receiver = receiver;
  }

  /**
   * Applies changes, and evaluates as of each instant until the watermark.
   *
   * @param state is changed
   * @param changes in {@link CommitOrder}, all committed at the watermark or before
   * @param firstOpen first instant that is not yet evaluated, epoch milliseconds
   * @return the state afterwards: the same object, or another if all of it was past its time
   */
  UserState catchUp(
      String userId, UserState state, List<Change> changes, long firstOpen, long watermark) {
    UserState user = state;
    int next = 0;
    while (true) {
      long changeAt =
          next < changes.size() ? instantOf(changes.get(next), firstOpen) : UserState.NEVER_DUE;
      long dueAt = dueAt(user);
      long at = Math.min(changeAt, dueAt);
      if (at > watermark) {
        return user;
      }
      user = user.expiredAt(at, tombstoneRetentionMs);
      Change lastApplied = null;
      boolean newUser = false;
      for (; next < changes.size() && instantOf(changes.get(next), firstOpen) <= at; next++) {
        Change change = changes.get(next);
        boolean unknownUser = user.profile() == null;
        if (user.apply(change, at)) {
          lastApplied = change;
          newUser |= unknownUser && change instanceof UserChanged;
        } else {
          receiver.duplicate();
        }
      }
      if (lastApplied != null || dueAt <= at) {
        evaluate(userId, user, at, lastApplied, newUser);
      }
    }
  }

  /** When the user is to be evaluated next without a change; NEVER_DUE if not at all. */
  long dueAt(UserState user) {
    return user.published() == null
        ? user.reviewAt()
        : Math.min(user.reviewAt(), rules.policies().nextSwitch(user.evaluatedAt()));
  }

  /** When a change counts: when it was committed, unless that had been evaluated before it came. */
  private static long instantOf(Change change, long firstOpen) {
    return Math.max(change.commitTime(), firstOpen);
  }

  private void evaluate(
      String userId, UserState user, long at, Change lastApplied, boolean newUser) {
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

    Cause ofChange = lastApplied == null ? null : Cause.of(lastApplied, newUser);
    Cause cause = ofChange == null ? causeWithoutChange(user, published, period) : ofChange;
    String causeId =
        ofChange == null ? (cause == Cause.POLICY ? period.version() : null) : causeId(lastApplied);

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

  /** Why a user is evaluated whom no change explains. */
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

  /** Opens or closes the user's episode; null if neither. */
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

  /** Decides about the episode that has just opened, once and for all. */
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
