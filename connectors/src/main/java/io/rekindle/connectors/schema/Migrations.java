package io.rekindle.connectors.schema;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schemas {@code shop} and {@code engagement}, the roles and the publication up to date.
 *
 * <p>Needs Flyway on the class path, and a connection of the database owner with the right to
 * create roles.
 */
public final class Migrations {

  /** Flyway's table of applied migrations. A shop may use the default name itself. */
  private static final String HISTORY_TABLE = "rekindle_migrations";

  private Migrations() {}

  /**
   * Applies the missing migrations.
   *
   * @return the number of applied migrations, 0 or more
   * @throws FlywayException if a migration fails, or an applied one was edited afterwards
   */
  public static int apply(DataSource owner) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(owner)
        .locations("classpath:db/migration")
        .defaultSchema("public")
        .table(HISTORY_TABLE)
        // The schema "public" may hold tables of the shop.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
