package io.rekindle.local.verify;

import io.rekindle.connectors.schema.Migrations;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/** A second, empty database of a stack with the same tables. */
public final class ShadowDatabase {

  public static final String NAME = "rekindle_shadow";

  private final StackInfo stack;

  public ShadowDatabase(StackInfo stack) {
    this.stack = stack;
  }

  /**
   * Creates the database.
   *
   * @throws Failure if the database exists already
   */
  public void create() throws SQLException {
    try (Connection connection = live().getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery("select 1 from pg_database where datname = '" + NAME + "'")) {
        if (there.next()) {
          throw new Failure(
              "there is a database "
                  + NAME
                  + " already, of a replay that was kept or is under way: `drop database "
                  + NAME
                  + "` if it is no longer needed");
        }
      }
      statement.execute("create database " + NAME);
    }
    try {
      Migrations.apply(shadow());
    } catch (RuntimeException e) {
      drop();
      throw e;
    }
  }

  public void drop() throws SQLException {
    try (Connection connection = live().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop database if exists " + NAME + " with (force)");
    }
  }

  /** Returns a connection of the owner to the stack's database. */
  public PGSimpleDataSource live() {
    return stack.ownerDatabase();
  }

  public PGSimpleDataSource shadow() {
    return stack.owner().connections(jdbcUrl());
  }

  public String jdbcUrl() {
    return stack.jdbcUrl().substring(0, stack.jdbcUrl().lastIndexOf('/') + 1) + NAME;
  }
}
