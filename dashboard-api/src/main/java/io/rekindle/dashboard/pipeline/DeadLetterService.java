package io.rekindle.dashboard.pipeline;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.replay.DeadLetterReplay;
import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.list.Cursor;
import io.rekindle.dashboard.list.InvalidCursorException;
import io.rekindle.dashboard.list.ListPage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Lists and replays dead letters. Every method throws {@link DeadLettersUnavailableException} if
 * Kafka does not answer or is not configured. Thread-safe.
 */
public final class DeadLetterService {

  static final String LIST = "dead-letters";

  private final Jdbi jdbi;
  private final DeadLetterStore letters;

  /** The place of a dead letter's record after a replay, as topic-partition-offset. */
  record Replayed(String id, String replayedTo) {}

  /**
   * Creates the service.
   *
   * @param letters null if Kafka is not configured
   */
  public DeadLetterService(Jdbi jdbi, DeadLetterStore letters) {
    this.jdbi = jdbi;
    this.letters = letters;
  }

  /**
   * A page of dead letters, the newest first.
   *
   * @param cursor null for the first page
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  ListPage<DeadLetterItem> page(String cursor, int limit) {
    String[] after = Cursor.read(cursor, LIST, 1);
    List<DeadLetterItem> all = newest();
    int from = 0;
    if (after != null) {
      while (from < all.size() && !all.get(from).id().equals(after[0])) {
        from++;
      }
      from++;
    }
    List<DeadLetterItem> some =
        all.subList(Math.min(from, all.size()), Math.min(from + limit, all.size()));
    return new ListPage<>(
        some,
        from + limit < all.size() ? Cursor.write(LIST, some.get(some.size() - 1).id()) : null);
  }

  /** All dead letters that the store scans, the newest first. */
  List<DeadLetterItem> newest() {
    return store().newest();
  }

  /** Empty if there is no dead letter of this id. */
  Optional<DeadLetterItem> find(String id) {
    return store().find(id).map(DeadLetterItem::of);
  }

  /**
   * Writes a dead letter's record back to its topic. Empty if there is none of this id.
   *
   * @param key a repaired key; null to keep it
   * @param value a repaired value; null to keep it
   * @param force whether to replay a record whose row was deleted since
   * @throws RejectedReplayException if the pipeline would refuse the record again, or its row is
   *     gone
   */
  Optional<Replayed> replay(Actor actor, String id, String key, String value, boolean force) {
    Optional<DeadLetter> letter = store().find(id);
    if (letter.isEmpty()) {
      return Optional.empty();
    }
    DeadLetter repaired = DeadLetterReplay.repaired(letter.get(), bytes(key), bytes(value));
    String replayedTo =
        force
            ? store().replay(repaired, null)
            : jdbi.withHandle(handle -> store().replay(repaired, handle.getConnection()));
    jdbi.useHandle(
        handle ->
            AuditLog.record(
                handle,
                actor,
                "REPLAY",
                Subject.DEAD_LETTER.of(id),
                null,
                Map.of(
                    "replayedTo",
                    replayedTo,
                    "repaired",
                    value != null || key != null,
                    "forced",
                    force)));
    return Optional.of(new Replayed(id, replayedTo));
  }

  private DeadLetterStore store() {
    if (letters == null) {
      throw new DeadLettersUnavailableException(
          "Dead letters are not shown here: REKINDLE_KAFKA_BOOTSTRAP_SERVERS is not set.", false);
    }
    return letters;
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
