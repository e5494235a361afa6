package io.rekindle.job.source;

import io.rekindle.connectors.cdc.Beat;

/**
 * Compares the ticks of one partition with the chain that the database made. The chain tells a
 * repeated tick from a tick of another history, which positions in the log cannot: a restored
 * database gives positions again that the job has seen.
 *
 * @param number the number of the last tick
 * @param at the time of the last tick, epoch milliseconds
 * @param newest the newest time of any tick, which differs from {@code at} after the database's
 *     clock was set back
 */
record BeatChain(long number, long at, long newest) {

  /** The meaning of the next tick. */
  enum Link {
    /** The next tick of the chain. */
    NEXT,
    /** A tick that was seen before. Kafka Connect repeats ticks after a restart. */
    REPEATED,
    /** Ticks are missing before it, so changes are missing, too. */
    GAP,
    /** The database has forgotten ticks that were seen, or is another database. */
    OTHER_HISTORY
  }

  /** Starts with the first tick that the job sees. */
  static BeatChain startingAt(Beat beat) {
    return new BeatChain(beat.number(), beat.at(), beat.at());
  }

  /**
   * Compares a tick with the last one. A tick that does not link is known if it is not newer than
   * all others. It may be of the chain before the row was inserted again.
   */
  Link link(Beat beat) {
    if (beat.first() || (beat.number() == number + 1 && beat.previous() == at)) {
      return Link.NEXT;
    }
    if (beat.at() <= newest) {
      return Link.REPEATED;
    }
    return beat.number() > number + 1 ? Link.GAP : Link.OTHER_HISTORY;
  }

  /** Returns the chain after a tick that is not repeated. */
  BeatChain after(Beat beat) {
    return beat.first()
        ? startingAt(beat)
        : new BeatChain(beat.number(), beat.at(), Math.max(newest, beat.at()));
  }
}
