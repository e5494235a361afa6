package io.rekindle.local.cli;

import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Option;

/** The option that selects another database than that of a local stack. Use it as a mixin. */
public final class DatabaseOption {

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "Uses the database at this JDBC URL instead of that of a local stack, such as one in"
              + " containers or Kubernetes. REKINDLE_DATABASE_USER and REKINDLE_DATABASE_PASSWORD"
              + " in the environment name the role.")
  private String url;

  /** Whether a URL is given. */
  boolean given() {
    return url != null;
  }

  /**
   * Connections to the database.
   *
   * @param data the directory of the local stack
   */
  DataSource source(Path data) {
    if (url == null) {
      return StackInfo.read(data).ownerDatabase();
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    try {
      database.setUrl(url);
    } catch (IllegalArgumentException e) {
      throw new Failure("--database is not a JDBC URL of Postgres", e);
    }
    database.setApplicationName("rekindle");
    Optional.ofNullable(System.getenv("REKINDLE_DATABASE_USER")).ifPresent(database::setUser);
    Optional.ofNullable(System.getenv("REKINDLE_DATABASE_PASSWORD"))
        .ifPresent(database::setPassword);
    return database;
  }
}
