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
 * The state of one user. Most users have no other; {@link OrderLedger} keeps older orders and
 * tombstones beside it. Each row is a register with its newest version, so the result depends on
 * the set of changes, and not on their order.
 *
 * <p>Mutable, since every event changes it. The caller who takes it from Flink's state may change
 * it and puts it back. Flink copies it first if a checkpoint still needs the old content. The class
 * is long, since one object with all parts takes the least memory.
 */
public final class UserState {

  /** Stands for no instant in the future. */
  public static final long NEVER_DUE = Long.MAX_VALUE;

  /**
   * The time for which the state remembers a contact of a user who has left. It is the longest
   * period of any rule, since a later rule may be longer than the present one.
   */
  static final long CONTACT_MEMORY_MS = OutreachRules.MAX_DAYS * 86_400_000L;

  final UserOrders orders;

  /** The orders in {@link OrderRows}, all older than those in {@link #orders}. */
  int olderOrders;

  /** The tombstones in {@link OrderRows}. */
  int tombstones;

  /** The earliest removal of a tombstone, or earlier, if there is one. */
  long oldestRemoval;

  /** The latest removal of a tombstone, or later, if there is one. */
  long newestRemoval;

  /** Null if the shop has no such user. */
  Profile profile;

  RowRegister userRow;

  /** Null while there is no row. */
  ScoreOverride override;

  RowRegister overrideRow;

  long lastContactAt = Score.NEVER;

  /** Null if outreach has no state. */
  OutreachState outreach;

  /** Null before the first evaluation, and after the user has left. */
  PublishedScore published;

  /** The last evaluation; NEVER before the first. */
  long evaluatedAt = Score.NEVER;

  long revision;

  /** The orders of the last update in a currency without a rate. */
  int unconvertedOrders;

  /** The next evaluation without an event. */
  long reviewAt = NEVER_DUE;

  /** Null unless orders from before are being added. The next evaluation waits for its end. */
  Loading loading;

  /** The registered wake-up timer, which may be too early. */
  long wakeAt = NEVER_DUE;

  public UserState() {
    this(new UserOrders());
  }

  UserState(UserOrders orders) {
    this.orders = orders;
  }

  /**
   * A row of {@code score_overrides}.
   *
   * @param setAt epoch milliseconds
   * @param expiresAt first instant at which it no longer holds, epoch milliseconds
   */
  public record ScoreOverride(int score, long setAt, long expiresAt) {}

  /** The orders that count, in the scorer's form. */
  public OrderHistory orders() {
    return orders;
  }

  /** The number of all orders. */
  public int orderCount() {
    return orders.rows() + olderOrders;
  }

  /** The shop's data of the user; null if it has no such user. */
  public Profile profile() {
    return profile;
  }

  /** The override in force at an instant; null without one. */
  public ScoreOverride overrideAt(long at) {
    return override != null && at < override.expiresAt() ? override : null;
  }

  /** The last contact, epoch milliseconds; {@link Score#NEVER} without one. */
  public long lastContactAt() {
    return lastContactAt;
  }

  /** The last published score; null before the first, and after the user has left. */
  public PublishedScore published() {
    return published;
  }

  /** The instant of the last evaluation, epoch milliseconds; NEVER before the first. */
  public long evaluatedAt() {
    return evaluatedAt;
  }

  /** Number of the last score update, from 1; 0 before the first. */
  public long revision() {
    return revision;
  }

  /** The number of orders of the last score in a currency without a rate. */
  public int unconvertedOrders() {
    return unconvertedOrders;
  }

  /** The next evaluation without an event; {@link #NEVER_DUE} without one. */
  public long reviewAt() {
    return reviewAt;
  }

  /** The loading of older orders that is under way; null without one. */
  public Loading loading() {
    return loading;
  }

  /** Begins, prolongs or ends a loading; null ends it. */
  public void loading(Loading next) {
    loading = next;
  }

  /** The instant of the user's timer; {@link #NEVER_DUE} without one. */
  public long wakeAt() {
    return wakeAt;
  }

  /** Remembers the instant of the user's timer; {@link #NEVER_DUE} for none. */
  public void wakeAt(long at) {
    wakeAt = at;
  }

  /** Requests the first evaluation, as of the last such request. */
  public void reviewFirstAt(long at) {
    reviewAt = reviewAt == NEVER_DUE ? at : Math.max(reviewAt, at);
  }

  /**
   * Remembers a published score.
   *
   * @param nextReviewAt the next evaluation without an event
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
   * @return whether there is a published score, which is to be removed
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

  /** The state of outreach, created if there is none. */
  OutreachState outreach() {
    if (outreach == null) {
      outreach = new OutreachState();
    }
    return outreach;
  }

  /** The open episode; null without one. */
  public Episode episode() {
    return outreach == null ? null : outreach.episode;
  }

  /** Opens an episode and returns it. */
  public Episode openEpisode(long openedAt, long noticedAt, double score, String policyVersion) {
    outreach().episode = Episode.opened(openedAt, noticedAt, score, policyVersion);
    return outreach.episode;
  }

  /** Closes the open episode and returns it; null without one. */
  public Episode closeEpisode(long at, Episode.CloseReason reason) {
    Episode open = episode();
    if (open == null) {
      return null;
    }
    outreach.episode = null;
    return open.closed(at, reason);
  }

  /** Whether an episode with this beginning was decided. */
  public boolean wasDecided(long openedAt) {
    return outreach != null && outreach.wasDecided(openedAt);
  }

  /**
   * Remembers the decision about an episode.
   *
   * @param arm the user's lasting arm in the experiment; null keeps the present arm
   */
  public void decided(long openedAt, String experimentId, String arm) {
    outreach().decided(openedAt);
    if (arm != null) {
      outreach.experimentId = experimentId;
      outreach.arm = arm;
    }
  }

  /** The user's arm in an experiment; null without one. */
  public String armOf(String experimentId) {
    return outreach != null && experimentId.equals(outreach.experimentId) ? outreach.arm : null;
  }

  /** The user as a recipient of emails. The user must have a profile. */
  public Recipient recipient() {
    OutreachState.Suppression suppression = outreach == null ? null : outreach.suppression;
    return new Recipient(
        profile.marketingConsent(),
        profile.email(),
        suppression != null,
        suppression == null ? null : suppression.address());
  }

  /** The reason of a suppression of the user or the user's address; null without one. */
  public String suppression() {
    return recipient().isSuppressed() ? outreach.suppression.reason() : null;
  }

  /**
   * Applies a change.
   *
   * @param at event time, at which the memory of removed rows begins
   * @param ledger the ledger of this user's orders
   * @return whether the change is newer than the known row
   */
  public boolean apply(Change change, long at, OrderLedger ledger) {
    if (change instanceof OrderChanged order) {
      return ledger.apply(this, order, at);
    } else if (change instanceof OrderRemoved order) {
      return ledger.apply(this, order, at);
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

  /** Whether the known row has the content of a change. The versions may differ. */
  public boolean holds(Change change) {
    if (change instanceof OrderChanged order) {
      int known = orders.find(OrderIds.pack(order.orderId()));
      return known >= 0 && orders.holds(order, known);
    } else if (change instanceof UserChanged user) {
      return profile != null && profile.equals(Profile.of(user, profile));
    } else if (change instanceof Contacted contact) {
      return contact.sentAt() <= lastContactAt;
    } else if (change instanceof OverrideChanged set) {
      ScoreOverride row = new ScoreOverride(set.score(), set.setAt(), set.expiresAt());
      // One that has ended is like none: this state may have been cleared since.
      boolean without = row.expiresAt() <= set.commitTime() && overrideAt(set.commitTime()) == null;
      return without || row.equals(override);
    } else if (change instanceof SuppressionChanged set) {
      return outreach != null
          && new OutreachState.Suppression(set.address(), set.reason())
              .equals(outreach.suppression);
    }
    return false;
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
   * Returns this state as of an instant, by event time alone. The watermark frees memory, and must
   * not change results.
   *
   * @return a state with the timer alone if all else can be cleared, else this
   */
  public UserState expiredAt(long at, OrderLedger ledger) {
    if (clearableFrom(ledger.retentionMs()) > at) {
      return this;
    }
    ledger.clear(this);
    UserState unknown = new UserState();
    unknown.wakeAt = wakeAt;
    return unknown;
  }

  /**
   * The first instant at which this state can be cleared. The shop then has neither the user nor
   * their orders, and no older change can come. {@link #NEVER_DUE} while the shop has any of them.
   */
  public long clearableFrom(long retentionMs) {
    if (profile != null || orders.rows() > 0) {
      return NEVER_DUE;
    }
    long latest =
        Math.max(
            after(RowRegister.removalOf(userRow), retentionMs),
            after(RowRegister.removalOf(overrideRow), retentionMs));
    if (tombstones > 0) {
      latest = Math.max(latest, newestRemoval + retentionMs);
    }
    if (outreach != null) {
      if (outreach.suppression != null) {
        // The suppression also holds after a return of the user.
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
    UserState copy = new UserState(orders.copy());
    copy.olderOrders = olderOrders;
    copy.tombstones = tombstones;
    copy.oldestRemoval = oldestRemoval;
    copy.newestRemoval = newestRemoval;
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
    copy.loading = loading;
    copy.wakeAt = wakeAt;
    return copy;
  }
}
