package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * A row of engagement.scoring_policies.
 *
 * @param description from the document; null if it has none
 * @param active whether it is the one that the job is told to use
 * @param inForce whether the job computes scores by it, as the job has stored; also if the job
 *     calls the same document its built-in one
 * @param refused whether it is active and the job goes on with another, since its document is not
 *     valid
 * @param activatedAt when it was last put in force; null if it never was, and so is still a draft
 * @param document null in a list
 */
public record StoredPolicy(
    String policyVersion,
    String description,
    boolean active,
    boolean inForce,
    boolean refused,
    boolean draft,
    String createdBy,
    Instant createdAt,
    Instant activatedAt,
    JsonNode document) {

  private static final String COLUMNS =
      """
      p.policy_version, p.document ->> 'description' as description, p.active,
      coalesce(p.policy_version = f.policy_version and (not f.built_in or p.document = f.document),
        false) as in_force,
      p.active and coalesce(
        (p.policy_version <> f.policy_version or f.built_in and p.document <> f.document)
          and f.changed_at >= coalesce(p.activated_at, p.created_at), false) as refused,
      not p.active and p.activated_at is null as draft, p.created_by, p.created_at, p.activated_at
      """;

  private static final String FROM =
      " from engagement.scoring_policies p left join engagement.policy_in_force f on true";

  static List<StoredPolicy> all(Handle handle) {
    return handle
        .createQuery(
            "select "
                + COLUMNS
                + ", case when p.active then p.document end as document"
                + FROM
                + " order by p.active desc, coalesce(p.activated_at, p.created_at) desc,"
                + " p.policy_version")
        .mapTo(StoredPolicy.class)
        .map(StoredPolicy::checked)
        .map(StoredPolicy::withoutDocument)
        .list();
  }

  static Optional<StoredPolicy> byVersion(Handle handle, String version) {
    return select(handle, "where p.policy_version = :version")
        .bind("version", version)
        .mapTo(StoredPolicy.class)
        .map(StoredPolicy::checked)
        .findOne();
  }

  static Optional<StoredPolicy> active(Handle handle) {
    return select(handle, "where p.active").mapTo(StoredPolicy.class).findOne();
  }

  /**
   * What an activation rests on: which policies there are, what they say, and which ones were
   * active when. Two equal texts are the same state.
   */
  static String state(Handle handle) {
    return handle
        .createQuery(
            """
            select coalesce(string_agg(
              concat_ws(' ', policy_version, active, activated_at, md5(document::text)),
              ', ' order by policy_version), '')
            from engagement.scoring_policies
            """)
        .mapTo(String.class)
        .one();
  }

  /** The one that was active before the active one. */
  static Optional<StoredPolicy> previous(Handle handle) {
    return select(
            handle,
            """
            where not p.active and p.activated_at is not null order by p.activated_at desc limit 1
            """)
        .mapTo(StoredPolicy.class)
        .findOne();
  }

  /**
   * What is wrong with a refused document. Null if the policy is not refused, or if this dashboard
   * finds nothing wrong, as with a document that only an older job refuses.
   */
  public String refusal() {
    return refused ? mistake() : null;
  }

  /**
   * The job names a policy by its version. If the document of the active one was changed in the
   * table and is not valid any more, the job goes on with what it read before.
   */
  private StoredPolicy checked() {
    return active && inForce && mistake() != null
        ? new StoredPolicy(
            policyVersion,
            description,
            true,
            false,
            true,
            draft,
            createdBy,
            createdAt,
            activatedAt,
            document)
        : this;
  }

  private StoredPolicy withoutDocument() {
    return new StoredPolicy(
        policyVersion,
        description,
        active,
        inForce,
        refused,
        draft,
        createdBy,
        createdAt,
        activatedAt,
        null);
  }

  /** Null if the document is valid. */
  private String mistake() {
    try {
      ScoringPolicy.parse(document.toString());
      return null;
    } catch (InvalidPolicyException e) {
      return e.getMessage();
    }
  }

  private static Query select(Handle handle, String where) {
    return handle.createQuery("select " + COLUMNS + ", p.document" + FROM + " " + where);
  }

  /** False if there is one of that version. */
  static boolean insert(Handle handle, String version, String document, String createdBy) {
    return handle
            .createUpdate(
                """
                insert into engagement.scoring_policies (policy_version, document, created_by)
                values (:version, cast(:document as jsonb), :by) on conflict do nothing
                """)
            .bind("version", version)
            .bind("document", document)
            .bind("by", createdBy)
            .execute()
        == 1;
  }

  /** False if it is not a draft any more. */
  static boolean replace(Handle handle, String version, String document) {
    return handle
            .createUpdate(
                """
                update engagement.scoring_policies set document = cast(:document as jsonb)
                where policy_version = :version and activated_at is null and not active
                """)
            .bind("version", version)
            .bind("document", document)
            .execute()
        == 1;
  }

  static void activate(Handle handle, String version) {
    handle
        .createQuery("select 1 from engagement.activate_policy(:version)")
        .bind("version", version)
        .mapTo(Integer.class)
        .findOne();
  }
}
