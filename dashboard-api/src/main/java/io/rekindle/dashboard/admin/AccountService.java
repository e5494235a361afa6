package io.rekindle.dashboard.admin;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.signin.Account;
import io.rekindle.dashboard.signin.Accounts;
import io.rekindle.dashboard.signin.Passwords;
import io.rekindle.dashboard.signin.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Creates, changes and deletes accounts; one admin always remains. Thread-safe. */
public final class AccountService {

  private final Jdbi jdbi;
  private final Passwords passwords;
  private final Sessions sessions;

  /**
   * A change of an account. A field that is null stays as it is.
   *
   * @param password the new password in clear text
   */
  record AccountChange(String name, Role role, Boolean disabled, String password) {}

  public AccountService(Jdbi jdbi, Passwords passwords, Sessions sessions) {
    this.jdbi = jdbi;
    this.passwords = passwords;
    this.sessions = sessions;
  }

  /** All accounts by email address. */
  List<Account> all() {
    return jdbi.withHandle(Accounts::all);
  }

  /** Empty if there is no account of this id. */
  Optional<Account> find(String id) {
    return jdbi.withHandle(handle -> Accounts.byId(handle, id));
  }

  /** Empty if the email address is taken. */
  Optional<Account> create(Actor actor, String email, String name, Role role, String password) {
    String hash = passwords.hash(password);
    return jdbi.inTransaction(
        handle -> {
          Optional<Account> created = Accounts.insert(handle, email, name, role, hash);
          created.ifPresent(
              account ->
                  AuditLog.record(
                      handle,
                      actor,
                      "CREATE",
                      Subject.ACCOUNT.of(account.accountId()),
                      null,
                      account));
          return created;
        });
  }

  /**
   * Changes an account. Empty if there is none of this id. A person with another role or password
   * has to sign in again.
   *
   * @param sessionToken of the session that makes the change, which stays; null for none
   * @param demand of the account before the change; what it throws ends the change
   * @throws ConflictException if no admin would remain
   */
  Optional<Account> change(
      Actor actor,
      String sessionToken,
      String id,
      Consumer<Account.Edited> demand,
      AccountChange change) {
    String hash = change.password() == null ? null : passwords.hash(change.password());
    return jdbi.inTransaction(
        handle -> {
          int admins = Accounts.lockAdmins(handle);
          Optional<Account> found = Accounts.lock(handle, id);
          if (found.isEmpty()) {
            return found;
          }
          Account before = found.get();
          demand.accept(before.edited());
          Role role = change.role() == null ? before.role() : change.role();
          boolean disabled = change.disabled() == null ? before.disabled() : change.disabled();
          if (role != Role.ADMIN || disabled) {
            keepAnAdmin(before, admins);
          }
          Account after =
              Accounts.update(
                  handle,
                  id,
                  change.name() == null ? before.name() : change.name(),
                  role,
                  disabled);
          if (hash != null) {
            Accounts.setPassword(handle, id, hash);
            AuditLog.record(handle, actor, "SET_PASSWORD", Subject.ACCOUNT.of(id), null, null);
          }
          if (hash != null || disabled || role != before.role()) {
            sessions.endAll(handle, id, sessionToken);
          }
          AuditLog.record(handle, actor, "CHANGE", Subject.ACCOUNT.of(id), before, after);
          return Optional.of(after);
        });
  }

  /**
   * Deletes an account. Returns false if there is none of this id.
   *
   * @throws ConflictException if no admin would remain
   */
  boolean delete(Actor actor, String id) {
    return jdbi.inTransaction(
        handle -> {
          int admins = Accounts.lockAdmins(handle);
          Optional<Account> before = Accounts.lock(handle, id);
          if (before.isEmpty()) {
            return false;
          }
          keepAnAdmin(before.get(), admins);
          Accounts.delete(handle, id);
          AuditLog.record(handle, actor, "DELETE", Subject.ACCOUNT.of(id), before.get(), null);
          return true;
        });
  }

  private static void keepAnAdmin(Account losing, int admins) {
    if (losing.role() == Role.ADMIN && !losing.disabled() && admins <= 1) {
      throw new ConflictException("This is the last admin: make another one first.");
    }
  }
}
