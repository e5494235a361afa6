package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.outreach.ContentVersion.Counted;
import io.rekindle.dashboard.outreach.ContentVersion.Reviewed;
import io.rekindle.dashboard.outreach.ContentVersion.Texts;
import io.rekindle.dashboard.outreach.ContentVersion.WaitingEmail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Versions of texts, their approval, and the settings of both. The sender asks the same rows before
 * it takes an email, by the view engagement.version_allowances. Thread-safe.
 */
public final class ReviewService {

  /** The newest versions, which are those that people work on. */
  private static final int MAX_VERSIONS = 50;

  private static final String WAITING = "WAITING";
  private static final String APPROVED = "APPROVED";

  private static final String VERSIONS =
      """
      select v.*, c.written, c.waiting, c.sent
      from engagement.content_versions v
      cross join lateral (
        select count(*) as written, count(*) filter (where e.status = 'READY') as waiting,
               count(*) filter (where e.status = 'SENT') as sent
        from engagement.emails e where e.content_version = v.content_version) c
      """;

  private static final String EMAILS =
      """
      select e.email_id, e.user_id, u.name, e.subject
      from engagement.emails e left join shop.users u on u.user_id = e.user_id
      where e.content_version = :id and e.status = 'READY'
      order by e.generated_at, e.email_id limit :limit
      """;

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  public ReviewService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  ReviewSettings settings() {
    return snapshots.readOnce(ReviewSettings::read);
  }

  /**
   * Changes the settings.
   *
   * @param demand of the settings before the change; what it throws ends the change
   */
  ReviewSettings change(
      Actor actor, Consumer<ReviewSettings> demand, UnaryOperator<ReviewSettings> change) {
    return jdbi.inTransaction(
        handle -> {
          ReviewSettings before = ReviewSettings.lock(handle);
          demand.accept(before);
          ReviewSettings after = change.apply(before).write(handle, actor.name());
          AuditLog.record(handle, actor, "CHANGE", Subject.REVIEW_SETTINGS.of(null), before, after);
          return after;
        });
  }

  /** The newest versions, the newest first. */
  List<ContentVersion> versions() {
    return snapshots.read(handle -> versions(handle, ReviewSettings.read(handle)));
  }

  /** Empty if there is no such version. */
  Optional<ContentVersion> version(String id) {
    return snapshots.read(
        handle ->
            versions(handle, ReviewSettings.read(handle)).stream()
                .filter(version -> version.texts().contentVersion().equals(id))
                .findFirst());
  }

  static List<ContentVersion> versions(Handle handle, ReviewSettings settings) {
    List<Counted> rows =
        handle
            .createQuery(VERSIONS + "order by v.first_used_at desc, v.content_version limit :limit")
            .bind("limit", MAX_VERSIONS)
            .mapTo(Counted.class)
            .list();
    Map<Integer, BrandSettings> brands = brands(handle, rows);
    List<ContentVersion> versions = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Counted row = rows.get(i);
      Texts texts = row.texts();
      Texts previous =
          rows.subList(i + 1, rows.size()).stream()
              .map(Counted::texts)
              .filter(older -> older.variant().equals(texts.variant()))
              .findFirst()
              .orElse(null);
      boolean reviewed = settings.reviewFirst() > 0;
      boolean secondNeeded =
          reviewed
              && texts.review().equals(APPROVED)
              && texts.secondBy() == null
              && settings.fourEyesAbove() != null
              && row.sent() + row.waiting() > settings.fourEyesAbove();
      versions.add(
          new ContentVersion(
              texts,
              row.written(),
              row.waiting(),
              row.sent(),
              secondNeeded,
              previous == null ? null : previous.contentVersion(),
              previous == null
                  ? List.of()
                  : ContentVersion.changes(
                      previous,
                      brands.get(previous.brandVersion()),
                      texts,
                      brands.get(texts.brandVersion())),
              reviewed && (texts.review().equals(WAITING) || secondNeeded)
                  ? emails(handle, texts.contentVersion(), settings.reviewFirst())
                  : List.of()));
    }
    return versions;
  }

  private static Map<Integer, BrandSettings> brands(Handle handle, List<Counted> rows) {
    Map<Integer, BrandSettings> brands = new HashMap<>();
    for (Counted row : rows) {
      brands.computeIfAbsent(
          row.texts().brandVersion(), version -> BrandSettings.read(handle, version));
    }
    return brands;
  }

  private static List<WaitingEmail> emails(Handle handle, String version, int limit) {
    return handle
        .createQuery(EMAILS)
        .bind("id", version)
        .bind("limit", limit)
        .mapTo(WaitingEmail.class)
        .list();
  }

  /**
   * Approves a version, as the first or the second person. Empty if there is no such version.
   *
   * @param demand of what is approved; what it throws ends the approval
   * @throws ConflictException if this person or this version cannot be the one
   */
  Optional<ContentVersion> approve(Actor actor, String id, Consumer<Reviewed> demand) {
    return decide(
        actor,
        id,
        demand,
        "APPROVE",
        (handle, texts) -> {
          switch (texts.review()) {
            case WAITING ->
                update(
                    handle,
                    id,
                    "review = 'APPROVED', approved_by = :by, approved_at = now()",
                    actor);
            case APPROVED -> {
              if (texts.secondBy() != null) {
                throw new ConflictException("Two people have approved this version already.");
              }
              if (actor.name().equals(texts.approvedBy())) {
                throw new ConflictException(
                    "You gave the first approval: the second takes another person.");
              }
              update(handle, id, "second_by = :by, second_at = now()", actor);
            }
            case "REJECTED" ->
                throw new ConflictException("This version was rejected: change its texts.");
            default -> throw new ConflictException("This version needs no approval.");
          }
        });
  }

  /**
   * Rejects a version: the sender cancels all its emails that wait. Empty if there is no such
   * version.
   *
   * @param demand of what is rejected; what it throws ends the rejection
   * @throws ConflictException if the version cannot be rejected
   */
  Optional<ContentVersion> reject(Actor actor, String id, Consumer<Reviewed> demand) {
    return decide(
        actor,
        id,
        demand,
        "REJECT",
        (handle, texts) -> {
          if (!texts.review().equals(WAITING) && !texts.review().equals(APPROVED)) {
            throw new ConflictException("This version does not wait for an approval.");
          }
          update(handle, id, "review = 'REJECTED', rejected_by = :by, rejected_at = now()", actor);
        });
  }

  private interface Decision {
    void take(Handle handle, Texts texts);
  }

  private Optional<ContentVersion> decide(
      Actor actor, String id, Consumer<Reviewed> demand, String action, Decision decision) {
    return jdbi.inTransaction(
        handle -> {
          ReviewSettings settings = ReviewSettings.lock(handle);
          Optional<ContentVersion> before = find(handle, settings, id);
          if (before.isEmpty()) {
            return before;
          }
          demand.accept(before.get().reviewed());
          decision.take(handle, before.get().texts());
          Optional<ContentVersion> after = find(handle, settings, id);
          AuditLog.record(
              handle,
              actor,
              action,
              Subject.CONTENT_VERSION.of(id),
              before.get().texts(),
              after.orElseThrow().texts());
          return after;
        });
  }

  private static Optional<ContentVersion> find(Handle handle, ReviewSettings settings, String id) {
    return versions(handle, settings).stream()
        .filter(version -> version.texts().contentVersion().equals(id))
        .findFirst();
  }

  private static void update(Handle handle, String id, String columns, Actor actor) {
    handle
        .createUpdate(
            "update engagement.content_versions set " + columns + " where content_version = :id")
        .bind("id", id)
        .bind("by", actor.name())
        .execute();
  }
}
