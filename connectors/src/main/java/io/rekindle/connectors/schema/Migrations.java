package io.rekindle.connectors.schema;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schemas {@code shop} and {@code engagement}, the roles and the publication up to date.
 *
 * <p>Needs Flyway on the class path, and a connection of the database's owner who may create roles.
 */
public final class Migrations {

  /** Where Flyway remembers what it applied; not the default name, which a shop may use itself. */
  private static final String HISTORY_TABLE = "rekindle_migrations";

  private Migrations() {}

  /**
   * Applies the migrations that are missing; does nothing if there are none.
   *
   * @return how many were applied
   * @throws FlywayException if a migration fails, or an applied one was edited afterwards
   */
  public static int apply(DataSource owner) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(owner)
        .locations("classpath:db/migration")
        .defaultSchema("public")
        .table(HISTORY_TABLE)
        // A database with tables of the shop's own in "public" is no obstacle.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
