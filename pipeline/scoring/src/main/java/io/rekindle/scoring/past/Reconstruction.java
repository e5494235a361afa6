package io.rekindle.scoring.past;

import io.rekindle.scoring.DecayCurve;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.Segment;

/**
 * Computes a user's past by one policy: each instant at which score, band, segment or at risk would
 * have changed, had each order been committed at its own time. The past has no contacts and no
 * overrides.
 *
 * <p>One sweep goes from instant to instant. Between two orders it only moves along the {@link
 * DecayCurve}; an order loads the curve again, with the orders that count. So the time of a user is
 * bounded by the number of changes, and that of an order by {@link PastOrders#MAX_ORDERS}.
 *
 * <p>Not thread-safe: it works in memory of its own, and creates no object for a row.
 */
public final class Reconstruction {

  /** Takes the rows of a user in the order of their instants. */
  @FunctionalInterface
  public interface Receiver {

    /** Takes a row, which is valid only during the call. */
    void row(PastScore row);
  }

  private final Definition policy;
  private final DecayCurve curve;
  private final Row row = new Row();

  /** Creates a reconstruction by a policy. */
  public Reconstruction(ScoringPolicy policy) {
    this.policy = policy.definition();
    this.curve = new DecayCurve(this.policy);
  }

  /**
   * Computes the rows of a user. The shop has the user from the first order on, or from its
   * creation if that is earlier.
   *
   * @param orders all of the user's orders; they cannot be used for a second call
   * @param createdAt when the shop created the user, epoch milliseconds
   * @param from the instant of the first row, if the shop had the user before; epoch milliseconds
   * @param until the first instant without rows, epoch milliseconds
   */
  public void run(PastOrders orders, long createdAt, long from, long until, Receiver receiver) {
    orders.begin();
    long knownSince = Math.min(createdAt, orders.firstPlacedAt());
    long start = Math.max(from, knownSince);
    if (start >= until) {
      return;
    }
    boolean ordered = orders.advance(start);
    boolean scored = load(orders, start);
    row.begin(scored);
    if (knownSince < from) {
      row.put(start, PastCause.SNAPSHOT, null);
    } else if (ordered) {
      row.put(start, orders.lastCause(), orders.lastOrderId());
    } else {
      row.put(start, PastCause.USER_CREATED, null);
    }
    receiver.row(row);

    while (true) {
      long change = orders.nextChange();
      long crossing = scored ? curve.nextCrossing() : DecayCurve.NO_CROSSING;
      long at = Math.min(change, crossing);
      if (at >= until) {
        return;
      }
      if (change == at) {
        orders.advance(at);
        scored = load(orders, at);
      } else {
        curve.advance(at);
      }
      if (row.isChanged(scored)) {
        boolean byOrder = change == at;
        row.put(
            at,
            byOrder ? orders.lastCause() : PastCause.TIME,
            byOrder ? orders.lastOrderId() : null);
        receiver.row(row);
      }
    }
  }

  /** Loads the orders that are known at an instant; returns whether there is a score. */
  private boolean load(PastOrders orders, long at) {
    if (curve.load(orders, at, Score.NEVER).orderCount() == 0) {
      return false;
    }
    curve.seek(at);
    return true;
  }

  /** The present row, and the part of the row before it that a row names. */
  private final class Row implements PastScore {

    private final Before before = new Before();

    private boolean first;
    private long asOf;
    private boolean scored;
    private double score;
    private Band band;
    private Segment segment;
    private boolean atRisk;
    private PastCause cause;
    private String causeId;

    // What comes next, and becomes a row if it differs.
    private boolean nextScored;
    private double nextScore;
    private Band nextBand;
    private Segment nextSegment;
    private boolean nextAtRisk;

    /** Makes the next row the first of a user. */
    void begin(boolean isScored) {
      band = null;
      evaluate(isScored);
    }

    /** Evaluates the curve; returns whether the result differs from the row. */
    boolean isChanged(boolean isScored) {
      evaluate(isScored);
      return nextScored != scored
          || nextScore != score
          || nextBand != band
          || nextAtRisk != atRisk
          || nextSegment != segment;
    }

    private void evaluate(boolean isScored) {
      nextScored = isScored;
      nextScore = isScored ? curve.score() : 0;
      nextBand = isScored ? policy.band(nextScore) : Band.PROSPECT;
      nextAtRisk = isScored && curve.atRisk(nextScore);
      nextSegment = isScored ? curve.segment(nextScore, nextAtRisk) : Segment.PROSPECT;
    }

    /** Makes what was evaluated last the row. */
    void put(long instant, PastCause why, String orderId) {
      first = band == null;
      before.scored = scored;
      before.score = score;
      before.band = band;
      before.atRisk = atRisk;
      asOf = instant;
      scored = nextScored;
      score = nextScore;
      band = nextBand;
      segment = nextSegment;
      atRisk = nextAtRisk;
      cause = why;
      causeId = orderId;
    }

    @Override
    public long asOf() {
      return asOf;
    }

    @Override
    public boolean scored() {
      return scored;
    }

    @Override
    public double score() {
      return score;
    }

    @Override
    public double points(Factor factor) {
      return scored ? curve.points(factor) : 0;
    }

    @Override
    public Band band() {
      return band;
    }

    @Override
    public Segment segment() {
      return segment;
    }

    @Override
    public boolean atRisk() {
      return atRisk;
    }

    @Override
    public Previous previous() {
      return first ? null : before;
    }

    @Override
    public PastCause cause() {
      return cause;
    }

    @Override
    public String causeId() {
      return causeId;
    }
  }

  /** The part of a row that the next one names. */
  private static final class Before implements PastScore.Previous {

    private boolean scored;
    private double score;
    private Band band;
    private boolean atRisk;

    @Override
    public boolean scored() {
      return scored;
    }

    @Override
    public double score() {
      return score;
    }

    @Override
    public Band band() {
      return band;
    }

    @Override
    public boolean atRisk() {
      return atRisk;
    }
  }
}
