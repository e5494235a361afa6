package io.rekindle.connectors.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;

/** Inserts the policies of the distribution into {@code engagement.scoring_policies}. */
public final class Policies {

  private Policies() {}

  /**
   * Inserts the policies that the table lacks. Existing documents and activations stay unchanged.
   *
   * @param documents policy documents as JSON by policy version
   * @param activeVersion the version to activate if this call inserts it and no version is active;
   *     one of the keys
   * @return the number of inserted rows
   */
  public static int install(Connection owner, Map<String, String> documents, String activeVersion)
      throws SQLException {
    if (!documents.containsKey(activeVersion)) {
      throw new IllegalArgumentException(
          "The active version " + activeVersion + " is none of " + documents.keySet());
    }
    int inserted = 0;
    try (PreparedStatement statement =
        owner.prepareStatement(
            """
            with chosen as (
              select ?::boolean
                and not exists (select 1 from engagement.scoring_policies where active) as active)
            insert into engagement.scoring_policies
              (policy_version, document, active, activated_at)
            select ?, ?::jsonb, active, case when active then now() end from chosen
            on conflict (policy_version) do nothing
            """)) {
      for (Map.Entry<String, String> policy : documents.entrySet()) {
        statement.setBoolean(1, policy.getKey().equals(activeVersion));
        statement.setString(2, policy.getKey());
        statement.setString(3, policy.getValue());
        inserted += statement.executeUpdate();
      }
    }
    return inserted;
  }
}
