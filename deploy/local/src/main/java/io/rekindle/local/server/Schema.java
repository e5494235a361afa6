package io.rekindle.local.server;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The content that a database needs before any other program uses it. */
public final class Schema {

  private Schema() {}

  /**
   * Applies the migrations and adds missing clock rows and built-in policies. The default policy
   * becomes active if none is.
   *
   * @param owner connections of the role that owns the tables
   */
  public static void prepare(DataSource owner) throws SQLException {
    Migrations.apply(owner);
    try (Connection connection = owner.getConnection()) {
      ClockRows.ensure(connection, Topics.standard());
      Map<String, String> policies = new LinkedHashMap<>();
      for (String name : ScoringPolicy.builtInNames()) {
        policies.put(name, ScoringPolicy.builtIn(name).json());
      }
      Policies.install(connection, policies, ScoringPolicy.builtInNames().get(0));
    }
  }
}
