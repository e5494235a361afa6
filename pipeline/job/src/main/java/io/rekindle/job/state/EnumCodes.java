package io.rekindle.job.state;

import io.rekindle.scoring.policy.Band;
import java.util.List;

/**
 * The numbers that stand for constants in stored bytes: places in these lists. New constants go to
 * the end of a list, wherever they stand in their enum, and none is ever taken out.
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
