package io.rekindle.job;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import java.util.List;

/** Makes changes as capture would, each newer than the one before; times in epoch milliseconds. */
public final class ChangeFactory {

  public static final long SECOND = 1_000;
  public static final long DAY = 86_400_000;

  /** The hour at which all stories begin. */
  public static final long START = 1_750_000_000_000L;

  private long lsn = 1_000_000;

  public RowVersion next() {
    lsn += 64;
    return new RowVersion(lsn - 32, lsn);
  }

  public Change user(String userId, long at) {
    return user(userId, at, next(), false);
  }

  public static Change user(String userId, long at, RowVersion version, boolean snapshot) {
    return new UserChanged(
        userId,
        at,
        version,
        snapshot,
        userId + "@example.com",
        "Somebody called " + userId,
        List.of("garden", "books"),
        "Europe/Vienna",
        "de-AT",
        true,
        START - DAY);
  }

  public Change noUser(String userId, long at) {
    return new UserRemoved(userId, at, next(), false);
  }

  public Change order(String userId, long at, String orderId, long placedAt, long netMinor) {
    return order(userId, at, next(), orderId, placedAt, netMinor, OrderChanged.Kind.PLACED);
  }

  public Change order(
      String userId,
      long at,
      String orderId,
      long placedAt,
      long netMinor,
      OrderChanged.Kind kind) {
    return order(userId, at, next(), orderId, placedAt, netMinor, kind);
  }

  public static Change order(
      String userId,
      long at,
      RowVersion version,
      String orderId,
      long placedAt,
      long netMinor,
      OrderChanged.Kind kind) {
    return new OrderChanged(userId, at, version, false, orderId, placedAt, netMinor, "EUR", kind);
  }

  public Change noOrder(String userId, long at, String orderId) {
    return new OrderRemoved(userId, at, next(), false, orderId, false);
  }

  public Change contact(String userId, long at, String emailId) {
    return new Contacted(userId, at, next(), false, emailId, at);
  }

  public Change override(String userId, long at, int score, long expiresAt) {
    return new OverrideChanged(userId, at, next(), false, score, at, expiresAt);
  }

  public Change noOverride(String userId, long at) {
    return new OverrideRemoved(userId, at, next(), false);
  }

  /** The same row as a snapshot at a place of the log reads it. */
  public static Change asSnapshot(Change change, long at, long snapshotLsn) {
    RowVersion version = new RowVersion(snapshotLsn, 0);
    if (change instanceof OrderChanged order) {
      return new OrderChanged(
          order.userId(),
          at,
          version,
          true,
          order.orderId(),
          order.placedAt(),
          order.netMinor(),
          order.currency(),
          OrderChanged.Kind.PLACED);
    }
    return user(change.userId(), at, version, true);
  }

  public ModelChanged model(
      String modelVersion, String policyVersion, long at, String document, boolean active) {
    return new ModelChanged(modelVersion, policyVersion, at, next(), false, document, active);
  }

  public PolicyChanged policy(String policyVersion, long at, String document, boolean active) {
    return new PolicyChanged(policyVersion, at, next(), false, document, active);
  }
}
