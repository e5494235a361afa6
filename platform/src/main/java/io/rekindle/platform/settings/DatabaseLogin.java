package io.rekindle.platform.settings;

/**
 * The database of a program and its role there.
 *
 * @param url JDBC URL of Postgres
 * @param password empty if the database needs none
 */
public record DatabaseLogin(String url, String user, String password) {

  /** Leaves out the password, and the URL, which may contain one. */
  @Override
  public String toString() {
    return "DatabaseLogin[user=" + user + "]";
  }
}
