package io.rekindle.dashboard.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.list.Cursor;
import io.rekindle.dashboard.list.InvalidCursorException;
import io.rekindle.dashboard.list.ItemConsumer;
import io.rekindle.dashboard.list.ListPage;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The audit log. An entry is written in the transaction of its change. Stateless. */
public final class AuditLog {

  public static final String LIST = "audit-log";

  private static final Set<String> BY_THE_CHANGE_ITSELF = Set.of("updatedBy", "updatedAt");

  private static final String SELECT =
      """
      select entry_id, at, actor, actor_kind, action, subject_kind, subject, before, after, address
      from dashboard.audit_log
      """;

  /** What a change is about. */
  public enum Subject {
    USER,
    ORDER,
    SCORE_OVERRIDE,
    SUPPRESSION,
    POLICY,
    OUTREACH_SETTINGS,
    BRAND,
    REVIEW_SETTINGS,
    CONTENT_VERSION,
    TEST_EMAIL,
    FIT_SETTINGS,
    AUDIENCE,
    DEAD_LETTER,
    ACCOUNT,
    API_KEY,
    SESSION;

    /**
     * A subject without a client's data.
     *
     * @param id null if there is one of the kind
     */
    public Target of(String id) {
      return new Target(this, id, null);
    }

    /** A subject that a client has one of. */
    public Target ofClient(String userId) {
      return new Target(this, userId, userId);
    }
  }

  /**
   * The object of a change.
   *
   * @param id null if there is one of the kind
   * @param userId the client whose data the change has; null if it has none
   */
  public record Target(Subject kind, String id, String userId) {}

  /**
   * A change.
   *
   * @param actor email address of an account, name of a key
   * @param subject id of what was changed; null if there is one of the kind
   * @param before what it was; null if it was not there, or the person was erased
   * @param after what it became; null if it is gone, or the person was erased
   * @param address IP address that the request came from; null if none did
   */
  public record AuditEntry(
      long entryId,
      Instant at,
      String actor,
      String actorKind,
      String action,
      String subjectKind,
      String subject,
      JsonNode before,
      JsonNode after,
      String address) {

    /** A field that a change gave another value; a value is null if the field was not there. */
    public record FieldChange(String field, JsonNode before, JsonNode after) {}

    /**
     * The fields with other values than before, without those that say who changed them and when.
     * Empty unless there are values of before and after.
     */
    public List<FieldChange> changes() {
      if (before == null || after == null) {
        return List.of();
      }
      Set<String> fields = new LinkedHashSet<>();
      before.fieldNames().forEachRemaining(fields::add);
      after.fieldNames().forEachRemaining(fields::add);
      return fields.stream()
          .filter(field -> !BY_THE_CHANGE_ITSELF.contains(field))
          .filter(field -> !Objects.equals(before.get(field), after.get(field)))
          .map(field -> new FieldChange(field, before.get(field), after.get(field)))
          .toList();
    }
  }

  private AuditLog() {}

  /**
   * Records a sign-in.
   *
   * @param email of the account; null if there is none
   * @param address IP address that the request came from
   * @param after further details; null for none
   */
  public static void signIn(
      Handle handle, String email, String address, boolean admitted, Object after) {
    record(
        handle,
        new Actor(email == null ? "anonymous" : email, admitted ? "ACCOUNT" : "ANONYMOUS", address),
        admitted ? "SIGN_IN" : "SIGN_IN_REFUSED",
        Subject.SESSION.of(null),
        null,
        after);
  }

  /**
   * Records a change.
   *
   * @param before any object with a JSON form; null if it was not there
   * @param after likewise; null if it is gone
   */
  public static void record(
      Handle handle, Actor actor, String action, Target target, Object before, Object after) {
    handle
        .createUpdate(
            """
            insert into dashboard.audit_log (actor, actor_kind, action, subject_kind, subject,
                user_id, before, after, address)
            values (:actor, :actorKind, :action, :kind, :subject, :userId,
                cast(:before as jsonb), cast(:after as jsonb), :address)
            """)
        .bind("actor", actor.name())
        .bind("actorKind", actor.kind())
        .bind("action", action)
        .bind("kind", target.kind().name())
        .bind("subject", target.id())
        .bind("userId", target.userId())
        .bind("before", json(before))
        .bind("after", json(after))
        .bind("address", actor.address())
        .execute();
  }

  /** The newest entries first, from a cursor on. */
  static ListPage<AuditEntry> page(Handle handle, String cursor, int limit) {
    String[] after = Cursor.read(cursor, LIST, 1);
    long below;
    try {
      below = after == null ? Long.MAX_VALUE : Long.parseLong(after[0]);
    } catch (NumberFormatException e) {
      throw new InvalidCursorException();
    }
    List<AuditEntry> entries =
        handle
            .createQuery(SELECT + " where entry_id < :below order by entry_id desc limit :limit")
            .bind("below", below)
            .bind("limit", limit + 1)
            .mapTo(AuditEntry.class)
            .list();
    return entries.size() <= limit
        ? new ListPage<>(entries, null)
        : new ListPage<>(
            entries.subList(0, limit),
            Cursor.write(LIST, Long.toString(entries.get(limit - 1).entryId())));
  }

  /** Hands over every entry, the newest first; to be called in a transaction. */
  static void forEach(Handle handle, ItemConsumer<AuditEntry> consumer) throws Exception {
    try (var entries =
        handle
            .createQuery(SELECT + " order by entry_id desc")
            .setFetchSize(1_000)
            .mapTo(AuditEntry.class)
            .iterator()) {
      while (entries.hasNext()) {
        consumer.accept(entries.next());
      }
    }
  }

  private static String json(Object value) {
    return value == null ? null : Json.write(value);
  }
}
