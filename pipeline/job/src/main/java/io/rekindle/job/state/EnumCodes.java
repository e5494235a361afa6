package io.rekindle.job.state;

import io.rekindle.scoring.policy.Band;
import java.util.List;

/**
 * The codes of constants in stored bytes, which are places in these lists. A new constant goes to
 * the end of its list, and none is ever removed.
 */
final class EnumCodes {

  static final List<Band> BANDS =
      List.of(Band.HEALTHY, Band.COOLING, Band.LOW, Band.LAPSED, Band.PROSPECT);

  static final List<Episode.CloseReason> CLOSE_REASONS =
      List.of(
          Episode.CloseReason.RECOVERED,
          Episode.CloseReason.NO_ORDERS,
          Episode.CloseReason.USER_REMOVED);

  private EnumCodes() {}
}
