package io.rekindle.job.state;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import io.rekindle.scoring.Score;

/**
 * All that is known of one user: every row is a register in which the newest version wins, so that
 * the set of changes decides what it holds, not their order.
 *
 * <p>Mutable, since it is changed for every event; whoever takes it from Flink's state may change
 * it and puts it back. Flink copies it first if a checkpoint still needs it as it was.
 */
public final class UserState {

  /** Stands for an instant that never comes. */
  public static final long NEVER_DUE = Long.MAX_VALUE;

  /**
   * For how long a contact of somebody who is not a user any more is remembered, should the user
   * come back: as long as any rule may look back at contacts. The rule that holds would not do: a
   * longer cooldown would ask for what is forgotten.
   */
  static final long CONTACT_MEMORY_MS = OutreachRules.MAX_DAYS * 86_400_000L;

  public final UserOrders orders;
  final RemovedOrders removedOrders;

  /** Null while the shop has no such user. */
  public Profile profile;

  /** Version of the user's row; both 0 if none was ever seen. */
  long userCommitLsn;

  long userLsn;
  long userRemovedAt = Score.NEVER;

  /** Null while there is no row. */
  public ScoreOverride override;

  long overrideCommitLsn;
  long overrideLsn;
  long overrideRemovedAt = Score.NEVER;

  public long lastContactAt = Score.NEVER;

  /** Null while there is nothing to remember. */
  public OutreachState outreach;

  /** Null until the user was evaluated, and again once the user is gone. */
  public PublishedScore published;

  /** When the user was last evaluated; NEVER if not yet. */
  public long evaluatedAt = Score.NEVER;

  public long revision;

  /** Orders of the last update that no rate could convert. */
  public int unconvertedOrders;

  /** When the user is to be evaluated next if nothing happens. */
  public long reviewAt = NEVER_DUE;

  /** The one wake-up timer that is registered, which may be earlier than it needs to be. */
  public long wakeAt = NEVER_DUE;

  public UserState() {
    this(new UserOrders(), new RemovedOrders());
  }

  public UserState(UserOrders orders, RemovedOrders removedOrders) {
    this.orders = orders;
    this.removedOrders = removedOrders;
  }

  /**
   * A row of {@code score_overrides}.
   *
   * @param setAt epoch milliseconds
   * @param expiresAt first instant at which it no longer holds, epoch milliseconds
   */
  public record ScoreOverride(int score, long setAt, long expiresAt) {}

  /** What outreach remembers, to be added to. */
  public OutreachState outreach() {
    if (outreach == null) {
      outreach = new OutreachState();
    }
    return outreach;
  }

  /** The open episode; null if there is none. */
  public Episode episode() {
    return outreach == null ? null : outreach.episode;
  }

  /** Why nobody may write to the address that the user has; null if they may. */
  public String suppression() {
    if (outreach == null || outreach.suppression == null) {
      return null;
    }
    String address = outreach.suppression.address();
    return address == null || (profile != null && address.equalsIgnoreCase(profile.email()))
        ? outreach.suppression.reason()
        : null;
  }

  /** Whether an override holds at an instant. */
  public boolean isOverridden(long at) {
    return override != null && at < override.expiresAt();
  }

  /**
   * Applies a change.
   *
   * @param at event time, from which the memory of what is removed counts
   * @return whether it was newer: false for a change that is no newer than what is known
   */
  public boolean apply(Change change, long at) {
    if (change instanceof OrderChanged order) {
      return applyOrder(order);
    } else if (change instanceof OrderRemoved order) {
      return applyOrderRemoved(order, at);
    } else if (change instanceof UserChanged user) {
      return applyUser(user.version(), user, at);
    } else if (change instanceof UserRemoved user) {
      return applyUser(user.version(), null, at);
    } else if (change instanceof Contacted contact) {
      return applyContact(contact);
    } else if (change instanceof OverrideChanged set) {
      return applyOverride(
          set.version(), new ScoreOverride(set.score(), set.setAt(), set.expiresAt()), at);
    } else if (change instanceof OverrideRemoved removed) {
      return applyOverride(removed.version(), null, at);
    } else if (change instanceof SuppressionChanged set) {
      return applySuppression(
          set.version(), new OutreachState.Suppression(set.address(), set.reason()), at);
    } else if (change instanceof SuppressionRemoved removed) {
      return applySuppression(removed.version(), null, at);
    }
    throw new IllegalArgumentException("No user's change: " + change);
  }

  private boolean applyOrder(OrderChanged order) {
    byte[] id = OrderIds.pack(order.orderId());
    int known = orders.find(id);
    if (known >= 0) {
      if (!orders.isNewer(order.version(), known)) {
        return false;
      }
      orders.replace(known, id, order);
      return true;
    }
    int tombstone = removedOrders.find(id);
    if (tombstone >= 0) {
      if (!removedOrders.isNewer(order.version(), tombstone)) {
        return false;
      }
      removedOrders.remove(tombstone);
    }
    return orders.insert(id, order);
  }

  private boolean applyOrderRemoved(OrderRemoved order, long at) {
    byte[] id = OrderIds.pack(order.orderId());
    int known = orders.find(id);
    if (known >= 0) {
      if (!orders.isNewer(order.version(), known)) {
        return false;
      }
      orders.remove(known);
    } else {
      int tombstone = removedOrders.find(id);
      if (tombstone >= 0) {
        if (!removedOrders.isNewer(order.version(), tombstone)) {
          return false;
        }
        removedOrders.remove(tombstone);
      }
    }
    removedOrders.add(id, order.version(), at);
    return true;
  }

  private boolean applyUser(RowVersion version, UserChanged now, long at) {
    if (!isNewer(version, userCommitLsn, userLsn)) {
      return false;
    }
    userCommitLsn = version.commitLsn();
    userLsn = version.lsn();
    profile = now == null ? null : Profile.of(now, profile);
    userRemovedAt = now == null ? at : Score.NEVER;
    return true;
  }

  private boolean applyOverride(RowVersion version, ScoreOverride now, long at) {
    if (!isNewer(version, overrideCommitLsn, overrideLsn)) {
      return false;
    }
    overrideCommitLsn = version.commitLsn();
    overrideLsn = version.lsn();
    override = now;
    overrideRemovedAt = now == null ? at : Score.NEVER;
    return true;
  }

  private boolean applySuppression(RowVersion version, OutreachState.Suppression now, long at) {
    OutreachState known = outreach();
    if (!isNewer(version, known.suppressionCommitLsn, known.suppressionLsn)) {
      return false;
    }
    known.suppressionCommitLsn = version.commitLsn();
    known.suppressionLsn = version.lsn();
    known.suppression = now;
    known.suppressionRemovedAt = now == null ? at : Score.NEVER;
    return true;
  }

  private boolean applyContact(Contacted contact) {
    if (contact.sentAt() <= lastContactAt) {
      return false;
    }
    lastContactAt = contact.sentAt();
    return true;
  }

  private static boolean isNewer(RowVersion version, long commitLsn, long lsn) {
    return RowVersion.compare(version.commitLsn(), version.lsn(), commitLsn, lsn) > 0;
  }

  /** Removes the tombstones that are older than the retention. */
  public void expireRemovedOrders(long at, long retentionMs) {
    if (removedOrders.size() > 0) {
      removedOrders.expireUntil(at - retentionMs);
    }
  }

  /**
   * From when on this state can be cleared: the shop has neither the user nor an order of theirs,
   * and no change from before can still come. {@link #NEVER_DUE} while it has.
   */
  public long clearableFrom(long retentionMs) {
    if (profile != null || orders.size() > 0) {
      return NEVER_DUE;
    }
    long latest =
        Math.max(after(userRemovedAt, retentionMs), after(overrideRemovedAt, retentionMs));
    latest = Math.max(latest, after(removedOrders.newest(), retentionMs));
    if (outreach != null) {
      if (outreach.suppression != null) {
        // Whoever must not be written to must not be when they come back either.
        return NEVER_DUE;
      }
      latest = Math.max(latest, after(outreach.suppressionRemovedAt, retentionMs));
    }
    latest = Math.max(latest, after(lastContactAt, CONTACT_MEMORY_MS));
    return override == null ? latest : Math.max(latest, after(override.expiresAt(), retentionMs));
  }

  private static long after(long instant, long delay) {
    return instant == Score.NEVER ? Score.NEVER : instant + delay;
  }

  UserState copy() {
    UserState copy = new UserState(orders.copy(), removedOrders.copy());
    copy.profile = profile;
    copy.userCommitLsn = userCommitLsn;
    copy.userLsn = userLsn;
    copy.userRemovedAt = userRemovedAt;
    copy.override = override;
    copy.overrideCommitLsn = overrideCommitLsn;
    copy.overrideLsn = overrideLsn;
    copy.overrideRemovedAt = overrideRemovedAt;
    copy.lastContactAt = lastContactAt;
    copy.outreach = outreach == null ? null : outreach.copy();
    copy.published = published;
    copy.evaluatedAt = evaluatedAt;
    copy.revision = revision;
    copy.unconvertedOrders = unconvertedOrders;
    copy.reviewAt = reviewAt;
    copy.wakeAt = wakeAt;
    return copy;
  }
}
