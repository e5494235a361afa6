package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Role;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** The table of accounts. Stateless. */
public final class Accounts {

  private static final String COLUMNS =
      """
      account_id, email, name, role, disabled, password_hash is not null as has_password,
      created_at, last_sign_in_at
      """;

  private Accounts() {}

  public static List<Account> all(Handle handle) {
    return select(handle, "order by lower(email)").mapTo(Account.class).list();
  }

  public static Optional<Account> byId(Handle handle, String accountId) {
    return select(handle, "where account_id = :id")
        .bind("id", accountId)
        .mapTo(Account.class)
        .findOne();
  }

  /** Locks the row until the transaction ends. */
  public static Optional<Account> lock(Handle handle, String accountId) {
    return select(handle, "where account_id = :id for update")
        .bind("id", accountId)
        .mapTo(Account.class)
        .findOne();
  }

  static Optional<Account> byEmail(Handle handle, String email) {
    return select(handle, "where lower(email) = lower(:email)")
        .bind("email", email)
        .mapTo(Account.class)
        .findOne();
  }

  private static Query select(Handle handle, String where) {
    return handle.createQuery("select " + COLUMNS + " from dashboard.accounts " + where);
  }

  /** Empty if the account has none, or there is no such account that may sign in. */
  static Optional<String> passwordHash(Handle handle, String accountId) {
    return handle
        .createQuery(
            """
            select password_hash from dashboard.accounts
            where account_id = :id and not disabled and password_hash is not null
            """)
        .bind("id", accountId)
        .mapTo(String.class)
        .findOne();
  }

  static boolean none(Handle handle) {
    return handle
        .createQuery("select not exists (select from dashboard.accounts)")
        .mapTo(Boolean.class)
        .one();
  }

  /** How many can still let others in; locks their rows until the transaction ends. */
  public static int lockAdmins(Handle handle) {
    return handle
        .createQuery(
            """
            select account_id from dashboard.accounts
            where role = 'ADMIN' and not disabled order by account_id for update
            """)
        .mapTo(String.class)
        .list()
        .size();
  }

  /** Empty if the address is taken. */
  public static Optional<Account> insert(
      Handle handle, String email, String name, Role role, String passwordHash) {
    return handle
        .createQuery(
            """
            insert into dashboard.accounts (email, name, role, password_hash)
            values (:email, :name, :role, :hash)
            on conflict (lower(email)) do nothing
            returning
            """
                + COLUMNS)
        .bind("email", email)
        .bind("name", name)
        .bind("role", role.name())
        .bind("hash", passwordHash)
        .mapTo(Account.class)
        .findOne();
  }

  public static Account update(
      Handle handle, String accountId, String name, Role role, boolean disabled) {
    return handle
        .createQuery(
            """
            update dashboard.accounts set name = :name, role = :role, disabled = :disabled
            where account_id = :id
            returning
            """
                + COLUMNS)
        .bind("id", accountId)
        .bind("name", name)
        .bind("role", role.name())
        .bind("disabled", disabled)
        .mapTo(Account.class)
        .one();
  }

  public static void setPassword(Handle handle, String accountId, String passwordHash) {
    handle
        .createUpdate("update dashboard.accounts set password_hash = :hash where account_id = :id")
        .bind("id", accountId)
        .bind("hash", passwordHash)
        .execute();
  }

  static void signedIn(Handle handle, String accountId) {
    handle
        .createUpdate(
            "update dashboard.accounts set last_sign_in_at = now() where account_id = :id")
        .bind("id", accountId)
        .execute();
  }

  public static void delete(Handle handle, String accountId) {
    handle
        .createUpdate("delete from dashboard.accounts where account_id = :id")
        .bind("id", accountId)
        .execute();
  }
}
