package io.rekindle.connectors.capture;

import io.rekindle.connectors.deadletter.Reason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Control;

/** Ignores all that it is told, refusals included; for those who want to hear of little. */
public class IgnoringReceiver implements ChangeDecoder.Receiver {

  @Override
  public void changed(Change change) {}

  @Override
  public void controlChanged(Control change) {}

  @Override
  public void ticked(long commitTime) {}

  @Override
  public void unremarkable(long commitTime) {}

  @Override
  public void rejected(Reason reason, String error) {}
}
