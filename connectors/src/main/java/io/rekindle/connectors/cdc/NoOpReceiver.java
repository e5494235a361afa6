package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;

/** Ignores every call, rejections included. A base for receivers of few calls. */
public class NoOpReceiver implements ChangeDecoder.Receiver {

  @Override
  public void changed(Change change) {}

  @Override
  public void ruleChanged(RuleChange change) {}

  @Override
  public void ticked(long commitTime, Beat beat) {}

  @Override
  public void noStateChange(long commitTime) {}

  @Override
  public void clockAhead(long aheadMs) {}

  @Override
  public void otherDatabase(String database) {}

  @Override
  public void unknownCommitPosition() {}

  @Override
  public void rejected(DeadLetterReason reason, String error) {}
}
