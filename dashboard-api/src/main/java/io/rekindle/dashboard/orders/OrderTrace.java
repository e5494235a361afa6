package io.rekindle.dashboard.orders;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.Nested;

/**
 * Follows an order from the shop's table to the score. Thread-safe.
 *
 * <p>A row does not hold the place of its commit in the write-ahead log. So this class notes the
 * end of the log when it first reads an order's row. The row is known to be captured once the
 * connector has confirmed the log up to there: never too early, perhaps a moment late.
 */
final class OrderTrace {

  private static final int MAX_MARKS = 10_000;

  private final Jdbi jdbi;
  private final String slot;
  private final Cache<Row, Mark> marks = Caffeine.newBuilder().maximumSize(MAX_MARKS).build();

  /** An order's row as it was last written. */
  private record Row(String orderId, Instant updatedAt) {}

  /**
   * An order with the positions in the log, in bytes from its beginning.
   *
   * @param confirmed null without a replication slot
   */
  private record TraceRow(
      @Nested ShopOrder order, long logEnd, Long confirmed, boolean scored, Instant scoredAt) {}

  /**
   * The known facts about a row.
   *
   * @param position in the log, at or behind the row's commit, as bytes from its beginning
   * @param captured whether it was seen to be captured
   */
  private record Mark(long position, boolean captured) {}

  /**
   * A stage that an order has reached or not.
   *
   * @param at null if it has not, or if the time is not known
   */
  record Stage(boolean reached, Instant at) {}

  /**
   * An order and the stages on its way.
   *
   * @param stored when its row was last written
   * @param captured whether the connector has read that from the log; nothing records when it did
   * @param scored whether the client's score takes it into account; {@code at} is the instant of
   *     the score update that first does, or of the client's last one if the score did not change
   */
  record Traced(ShopOrder order, Stage stored, Stage captured, Stage scored) {}

  OrderTrace(Jdbi jdbi, String slot) {
    this.jdbi = jdbi;
    this.slot = slot;
  }

  /** Empty if there is no such order. */
  Optional<Traced> of(String orderId) {
    return jdbi.withHandle(handle -> read(handle, orderId));
  }

  private Optional<Traced> read(Handle handle, String orderId) {
    return handle
        .createQuery(
            "select "
                + ShopOrder.COLUMNS
                + """
                , pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as log_end,
                  (select pg_wal_lsn_diff(confirmed_flush_lsn, '0/0') from pg_replication_slots
                    where slot_name = :slot) as confirmed,
                  coalesce(s.as_of >= o.updated_at and p.scored_until >= o.updated_at, false)
                    as scored,
                  coalesce(
                    (select min(h.as_of) from engagement.score_history h
                      where h.user_id = o.user_id and h.as_of >= o.updated_at),
                    s.as_of) as scored_at
                from shop.orders o
                left join engagement.user_scores s on s.user_id = o.user_id
                left join engagement.scored_until p on true
                where o.order_id = :id
                """)
        .bind("id", orderId)
        .bind("slot", slot)
        .mapTo(TraceRow.class)
        .findOne()
        .map(this::traced);
  }

  private Traced traced(TraceRow row) {
    ShopOrder order = row.order();
    Mark mark =
        mark(
            new Row(order.orderId(), order.updatedAt()),
            row.logEnd(),
            row.confirmed() == null ? 0 : row.confirmed(),
            row.scored());
    return new Traced(
        order,
        new Stage(true, order.updatedAt()),
        new Stage(mark.captured(), null),
        new Stage(row.scored(), row.scored() ? row.scoredAt() : null));
  }

  private Mark mark(Row row, long logEnd, long confirmed, boolean scored) {
    return marks
        .asMap()
        .compute(
            row,
            (key, known) -> {
              long position = known == null ? logEnd : known.position();
              boolean captured = known != null && known.captured();
              return new Mark(position, captured || scored || confirmed >= position);
            });
  }
}
