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
import io.rekindle.scoring.contact.Recipient;
import io.rekindle.scoring.orders.OrderHistory;

/**
 * All that is known of one user. Each row is a register in which the newest version wins, so that
 * the set of changes decides what it holds, not their order.
 *
 * <p>Mutable, since every event changes it. The caller who takes it from Flink's state may change
 * it and puts it back. Flink copies it first if a checkpoint still needs it as it was.
 */
public final class UserState {

  /** Stands for an instant that never comes. */
  public static final long NEVER_DUE = Long.MAX_VALUE;

  /**
   * For how long a contact is remembered after its user is gone, should the user come back: as long
   * as any rule may look back at contacts. The rule in force may be shorter than a later one.
   */
  static final long CONTACT_MEMORY_MS = OutreachRules.MAX_DAYS * 86_400_000L;

  final UserOrders orders;
  final RemovedOrders removedOrders;

  /** Null while the shop has no such user. */
  Profile profile;

  RowRegister userRow;

  /** Null while there is no row. */
  ScoreOverride override;

  RowRegister overrideRow;

  long lastContactAt = Score.NEVER;

  /** Null while there is nothing to remember. */
  OutreachState outreach;

  /** Null until the user was evaluated, and again once the user is gone. */
  PublishedScore published;

  /** When the user was last evaluated; NEVER if not yet. */
  long evaluatedAt = Score.NEVER;

  long revision;

  /** Orders of the last update that no rate could convert. */
  int unconvertedOrders;

  /** When the user is to be evaluated next if nothing happens. */
  long reviewAt = NEVER_DUE;

  /** The one wake-up timer that is registered, which may be earlier than it needs to be. */
  long wakeAt = NEVER_DUE;

  public UserState() {
    this(new UserOrders(), new RemovedOrders());
  }

  UserState(UserOrders orders, RemovedOrders removedOrders) {
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

  /** The orders, in the form that the scorer reads. */
  public OrderHistory orders() {
    return orders;
  }

  /** What the shop knows of the user; null while it has no such user. */
  public Profile profile() {
    return profile;
  }

  /** The override that holds at an instant; null if none does. */
  public ScoreOverride overrideAt(long at) {
    return override != null && at < override.expiresAt() ? override : null;
  }

  /** When the user was last contacted, epoch milliseconds; {@link Score#NEVER} if not yet. */
  public long lastContactAt() {
    return lastContactAt;
  }

  /** What was last published; null before the first score and once the user is gone. */
  public PublishedScore published() {
    return published;
  }

  /** As of which instant the user was last evaluated, epoch milliseconds; NEVER if not yet. */
  public long evaluatedAt() {
    return evaluatedAt;
  }

  /** Number of the last score update, from 1; 0 before the first. */
  public long revision() {
    return revision;
  }

  /** How many orders of the last score no rate could convert. */
  public int unconvertedOrders() {
    return unconvertedOrders;
  }

  /** When the user is to be evaluated next if nothing happens; {@link #NEVER_DUE} if not at all. */
  public long reviewAt() {
    return reviewAt;
  }

  /** When the one timer of the user fires; {@link #NEVER_DUE} if there is none. */
  public long wakeAt() {
    return wakeAt;
  }

  /** Remembers for which instant the one timer is registered; {@link #NEVER_DUE} for none. */
  public void wakeAt(long at) {
    wakeAt = at;
  }

  /** Has the user evaluated as of an instant, or of a later one for which that was asked before. */
  public void reviewNoEarlierThan(long at) {
    reviewAt = reviewAt == NEVER_DUE ? at : Math.max(reviewAt, at);
  }

  /**
   * Remembers a score that is published.
   *
   * @param nextReviewAt when the user is to be evaluated next if nothing happens
   */
  public void evaluated(PublishedScore score, long at, int unconverted, long nextReviewAt) {
    published = score;
    evaluatedAt = at;
    revision++;
    unconvertedOrders = unconverted;
    reviewAt = nextReviewAt;
  }

  /**
   * Remembers that the shop has no such user.
   *
   * @return whether a score was published that is not to be shown any more
   */
  public boolean evaluatedAsRemoved(long at) {
    boolean wasPublished = published != null;
    published = null;
    reviewAt = NEVER_DUE;
    unconvertedOrders = 0;
    if (wasPublished) {
      evaluatedAt = at;
      revision++;
    }
    return wasPublished;
  }

  /** What outreach remembers, to be added to. */
  OutreachState outreach() {
    if (outreach == null) {
      outreach = new OutreachState();
    }
    return outreach;
  }

  /** The open episode; null if there is none. */
  public Episode episode() {
    return outreach == null ? null : outreach.episode;
  }

  /** Opens an episode and returns it. */
  public Episode openEpisode(long openedAt, long noticedAt, double score, String policyVersion) {
    outreach().episode = Episode.opened(openedAt, noticedAt, score, policyVersion);
    return outreach.episode;
  }

  /** Closes the open episode and returns it; null if there is none. */
  public Episode closeEpisode(long at, Episode.CloseReason reason) {
    Episode open = episode();
    if (open == null) {
      return null;
    }
    outreach.episode = null;
    return open.closed(at, reason);
  }

  /** Whether the episode that began at an instant was decided. */
  public boolean wasDecided(long openedAt) {
    return outreach != null && outreach.wasDecided(openedAt);
  }

  /**
   * Remembers that an episode was decided.
   *
   * @param arm the arm of the experiment that the user is in for good; null leaves both as they are
   */
  public void decided(long openedAt, String experimentId, String arm) {
    outreach().decided(openedAt);
    if (arm != null) {
      outreach.experimentId = experimentId;
      outreach.arm = arm;
    }
  }

  /** The arm of an experiment that the user is in; null if in none. */
  public String armOf(String experimentId) {
    return outreach != null && experimentId.equals(outreach.experimentId) ? outreach.arm : null;
  }

  /** The user as a recipient of emails. There has to be a profile. */
  public Recipient recipient() {
    OutreachState.Suppression suppression = outreach == null ? null : outreach.suppression;
    return new Recipient(
        profile.marketingConsent(),
        profile.email(),
        suppression != null,
        suppression == null ? null : suppression.address());
  }

  /** Reason of the suppression that covers the user or the user's address; null if none does. */
  public String suppression() {
    return recipient().isSuppressed() ? outreach.suppression.reason() : null;
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
    if (!RowRegister.isNewer(version, userRow)) {
      return false;
    }
    userRow = RowRegister.of(version, now == null, at);
    profile = now == null ? null : Profile.of(now, profile);
    return true;
  }

  private boolean applyOverride(RowVersion version, ScoreOverride now, long at) {
    if (!RowRegister.isNewer(version, overrideRow)) {
      return false;
    }
    overrideRow = RowRegister.of(version, now == null, at);
    override = now;
    return true;
  }

  private boolean applySuppression(RowVersion version, OutreachState.Suppression now, long at) {
    OutreachState known = outreach();
    if (!RowRegister.isNewer(version, known.suppressionRow)) {
      return false;
    }
    known.suppressionRow = RowRegister.of(version, now == null, at);
    known.suppression = now;
    return true;
  }

  private boolean applyContact(Contacted contact) {
    if (contact.sentAt() <= lastContactAt) {
      return false;
    }
    lastContactAt = contact.sentAt();
    return true;
  }

  /**
   * This state as of an instant, by event time alone. The watermark decides when memory is freed,
   * and must not decide what is known.
   *
   * @return a state with nothing but its timer once all else can be cleared, else this
   */
  public UserState expiredAt(long at, long retentionMs) {
    if (clearableFrom(retentionMs) <= at) {
      UserState unknown = new UserState();
      unknown.wakeAt = wakeAt;
      return unknown;
    }
    expireRemovedOrders(at, retentionMs);
    return this;
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
        Math.max(
            after(RowRegister.removalOf(userRow), retentionMs),
            after(RowRegister.removalOf(overrideRow), retentionMs));
    latest = Math.max(latest, after(removedOrders.newest(), retentionMs));
    if (outreach != null) {
      if (outreach.suppression != null) {
        // A suppression also holds when the user comes back.
        return NEVER_DUE;
      }
      latest = Math.max(latest, after(RowRegister.removalOf(outreach.suppressionRow), retentionMs));
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
    copy.userRow = userRow;
    copy.override = override;
    copy.overrideRow = overrideRow;
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
