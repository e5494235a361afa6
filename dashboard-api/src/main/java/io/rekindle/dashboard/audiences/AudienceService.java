package io.rekindle.dashboard.audiences;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audiences.Audience.Edited;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.clients.StoredFilters;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Stores audiences. {@link AudienceLoop} computes who is in them. Thread-safe. */
public final class AudienceService implements StoredFilters {

  /** So many audiences are kept up to date at most. */
  static final int MAX_AUDIENCES = 200;

  /** Who entered and left the audience {@code audience}, the newest first. */
  static final KeysetQuery<AudienceChange> CHANGES =
      new KeysetQuery<>(
          "audience-changes",
          """
          select c.*, c.changed_at as list_at, lpad(c.change_id::text, 20, '0') as list_id
          from engagement.audience_changes c where c.audience = :audience
          """,
          AudienceChange.class);

  /** SQL: whether there are changes of the audience, or the audience itself. */
  static final String EXISTS =
      """
      exists (select from engagement.audiences where audience = :audience)
        or exists (select from engagement.audience_changes where audience = :audience)
      """;

  /** SQL: whether there is the audience. */
  static final String EXISTS_NOW =
      "exists (select from engagement.audiences where audience = :audience)";

  private static final String SELECT = "select * from engagement.audiences";

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  public AudienceService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  /** All audiences by name. */
  List<Audience> all() {
    return snapshots.readOnce(
        handle -> handle.createQuery(SELECT + " order by audience").mapTo(Audience.class).list());
  }

  /** The days of which the members of an audience are known; empty if there is no such audience. */
  Optional<AudienceMembers> knownDays(String audience) {
    return snapshots.read(
        handle -> find(handle, audience, "").map(found -> AudienceMembers.known(handle, audience)));
  }

  /**
   * An audience as its page shows it.
   *
   * @param known the days that can be asked for
   * @param day the one that was; null for now
   * @param page null if the day cannot
   */
  record AudienceView(
      Audience audience, AudienceMembers known, AudienceDay day, ListPage<AudienceMember> page) {}

  /**
   * The members of an audience; empty if there is no such audience.
   *
   * @param on the day at whose end they were in it; null for now
   */
  Optional<AudienceView> members(String audience, LocalDate on, String cursor, int limit) {
    return snapshots.read(
        handle -> find(handle, audience, "").map(found -> view(handle, found, on, cursor, limit)));
  }

  private static AudienceView view(
      Handle handle, Audience audience, LocalDate on, String cursor, int limit) {
    String name = audience.audience();
    AudienceMembers known = AudienceMembers.known(handle, name);
    AudienceDay day = known.day(on).orElse(null);
    return new AudienceView(
        audience,
        known,
        day,
        on != null && day == null ? null : AudienceMembers.page(handle, name, on, cursor, limit));
  }

  /** Empty if there is none of that name. */
  Optional<Audience> find(String audience) {
    return snapshots.readOnce(handle -> find(handle, audience, ""));
  }

  @Override
  public Optional<Map<String, String>> byName(String name) {
    return find(name).map(Audience::parameters);
  }

  /**
   * Adds an audience; empty if there is one of that name.
   *
   * @throws TooManyAudiencesException if there are as many as are kept up to date
   */
  Optional<Audience> create(Actor actor, String audience, Edited edited) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("lock table engagement.audiences in share row exclusive mode");
          if (find(handle, audience, "").isPresent()) {
            return Optional.empty();
          }
          if (handle.select("select count(*) from engagement.audiences").mapTo(Long.class).one()
              >= MAX_AUDIENCES) {
            throw new TooManyAudiencesException();
          }
          handle
              .createUpdate(
                  """
                  insert into engagement.audiences
                    (audience, description, filter, created_by, updated_by)
                  values (:audience, :description, cast(:filter as jsonb), :by, :by)
                  """)
              .bind("audience", audience)
              .bind("description", edited.description())
              .bind("filter", Json.write(edited.filter()))
              .bind("by", actor.name())
              .execute();
          AuditLog.record(handle, actor, "CREATE", Subject.AUDIENCE.of(audience), null, edited);
          return find(handle, audience, "");
        });
  }

  /**
   * Changes an audience; empty if there is none of that name.
   *
   * @param demand of what people edit of it; what it throws ends the change
   */
  Optional<Audience> change(Actor actor, String audience, Consumer<Edited> demand, Edited edited) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Audience> before = find(handle, audience, " for update");
          if (before.isEmpty()) {
            return before;
          }
          demand.accept(before.get().edited());
          handle
              .createUpdate(
                  """
                  update engagement.audiences
                  set description = :description, filter = cast(:filter as jsonb),
                    filter_since = case when filter = cast(:filter as jsonb)
                      then filter_since else now() end,
                    members = null, computed_at = null, updated_by = :by, updated_at = now()
                  where audience = :audience
                  """)
              .bind("audience", audience)
              .bind("description", edited.description())
              .bind("filter", Json.write(edited.filter()))
              .bind("by", actor.name())
              .execute();
          AuditLog.record(
              handle,
              actor,
              "CHANGE",
              Subject.AUDIENCE.of(audience),
              before.get().edited(),
              edited);
          return find(handle, audience, "");
        });
  }

  /** Deletes an audience, whose members leave it; false if there is none of that name. */
  boolean delete(Actor actor, String audience) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Audience> before = find(handle, audience, " for update");
          if (before.isEmpty()) {
            return false;
          }
          handle.execute(
              """
              insert into engagement.audience_changes (audience, user_id, change, evaluation)
              select audience, user_id, 'LEFT', evaluation
              from engagement.audience_members,
                (select nextval('engagement.audience_evaluations') as evaluation) as e
              where audience = ?
              """,
              audience);
          handle.execute("delete from engagement.audiences where audience = ?", audience);
          AuditLog.record(
              handle, actor, "DELETE", Subject.AUDIENCE.of(audience), before.get().edited(), null);
          return true;
        });
  }

  private static Optional<Audience> find(Handle handle, String audience, String lock) {
    return handle
        .createQuery(SELECT + " where audience = :audience" + lock)
        .bind("audience", audience)
        .mapTo(Audience.class)
        .findOne();
  }
}
