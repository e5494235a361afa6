package io.rekindle.bench;

import io.rekindle.connectors.events.Change;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.job.state.UserState;
import io.rekindle.job.state.UserStateSerializer;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Computes the size of a user's state in a checkpoint. */
public final class StateSize {

  private static final int INITIAL_BYTES = 1_024;

  private StateSize() {}

  /**
   * Returns the bytes of the state of a user after these changes and an evaluation.
   *
   * @param changes of one user, their row among them
   * @param at the instant of the evaluation, epoch milliseconds
   */
  public static int bytes(List<? extends Change> changes, long at) throws IOException {
    UserState user = new UserState();
    for (Change change : changes) {
      user.apply(change, at);
    }
    Scorer scorer = new Scorer(ScoringPolicy.builtIn(ScoringPolicy.builtInNames().get(0)));
    Score score = scorer.score(user.orders(), at, user.lastContactAt());
    long reviewAt = score.nextReview() == Score.NEVER ? UserState.NEVER_DUE : score.nextReview();
    // The job evaluates once for each change.
    for (int i = 0; i < changes.size(); i++) {
      user.evaluated(PublishedScore.of(score, false), at, score.unconvertedOrders(), reviewAt);
    }
    user.wakeAt(reviewAt);
    DataOutputSerializer out = new DataOutputSerializer(INITIAL_BYTES);
    new UserStateSerializer().serialize(user, out);
    return out.length();
  }
}
