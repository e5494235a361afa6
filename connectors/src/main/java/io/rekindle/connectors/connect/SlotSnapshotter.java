package io.rekindle.connectors.connect;

import io.debezium.spi.snapshot.Snapshotter;
import java.util.Map;

/**
 * Takes a snapshot when the connector has no position, and streams from the slot afterwards.
 *
 * <p>Debezium's own modes stream from the end of the snapshot. If a snapshot is killed, or taken
 * again, they skip what the slot has kept until then. A row that an earlier snapshot delivered and
 * that is deleted meanwhile would stay for ever: the next snapshot does not have it, and its
 * deletion is skipped.
 *
 * <p>Here the slot's position is the snapshot's, so that all changes since follow the snapshot. The
 * job drops what it knows, by {@link io.rekindle.connectors.events.RowVersion}. An ordinary start
 * goes on from the connector's own position.
 *
 * <p>Debezium gives each task an instance of its own, and calls it from one thread at a time.
 */
public final class SlotSnapshotter implements Snapshotter {

  /** The value of {@code snapshot.mode.custom.name}. */
  private static final String NAME = "from_slot";

  private volatile boolean takesSnapshot;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void configure(Map<String, ?> settings) {}

  @Override
  public boolean shouldSnapshotData(boolean offsetExists, boolean snapshotInProgress) {
    takesSnapshot = !offsetExists || snapshotInProgress;
    return takesSnapshot;
  }

  /** Postgres sends the schema with the changes. */
  @Override
  public boolean shouldSnapshotSchema(boolean offsetExists, boolean snapshotInProgress) {
    return false;
  }

  @Override
  public boolean shouldStream() {
    return true;
  }

  /** Whether Debezium takes the position at the end of the log instead of the slot's. */
  @Override
  public boolean shouldStreamEventsStartingFromSnapshot() {
    return !takesSnapshot;
  }

  @Override
  public boolean shouldSnapshotOnSchemaError() {
    return false;
  }

  /** A slot that begins after the connector's position lacks changes, so a snapshot is due. */
  @Override
  public boolean shouldSnapshotOnDataError() {
    return true;
  }
}
