package io.rekindle.job.state;

import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.util.List;

/**
 * The numbers that stand for constants in stored bytes: places in these lists. New constants go to
 * the end of a list, wherever they stand in their enum, and none is ever taken out.
 */
public final class EnumCodes {

  public static final List<Band> BANDS =
      List.of(Band.HEALTHY, Band.COOLING, Band.LOW, Band.LAPSED, Band.PROSPECT);

  public static final List<Segment> SEGMENTS =
      List.of(
          Segment.PROSPECT,
          Segment.LOST,
          Segment.CANT_LOSE,
          Segment.AT_RISK,
          Segment.CHAMPION,
          Segment.LOYAL,
          Segment.PROMISING,
          Segment.NEW,
          Segment.NEEDS_ATTENTION,
          Segment.HIBERNATING);

  public static final List<Cause> CAUSES =
      List.of(
          Cause.SNAPSHOT,
          Cause.ORDER_PLACED,
          Cause.ORDER_REFUNDED,
          Cause.ORDER_CANCELLED,
          Cause.ORDER_AMENDED,
          Cause.ORDER_REMOVED,
          Cause.ORDER_MOVED_IN,
          Cause.ORDER_MOVED_OUT,
          Cause.TIME,
          Cause.POLICY,
          Cause.OVERRIDE,
          Cause.OVERRIDE_ENDED,
          Cause.USER_CREATED,
          Cause.USER_REMOVED,
          Cause.CONTACT);

  public static final List<Episode.CloseReason> CLOSE_REASONS =
      List.of(
          Episode.CloseReason.RECOVERED,
          Episode.CloseReason.NO_ORDERS,
          Episode.CloseReason.USER_REMOVED);

  private EnumCodes() {}
}
