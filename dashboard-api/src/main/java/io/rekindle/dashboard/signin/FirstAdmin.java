package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the first admin as soon as the database answers, if there is no account yet. The
 * dashboard makes no password up: it would have to tell it, and logs are kept.
 */
public final class FirstAdmin implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FirstAdmin.class);

  private final Jdbi jdbi;
  private final Passwords passwords;
  private final String email;
  private final String password;
  private final BackgroundLoop loop =
      new BackgroundLoop("first-admin", Duration.ofSeconds(1), this::round);

  /**
   * @param password null for no account
   */
  public FirstAdmin(Jdbi jdbi, Passwords passwords, String email, String password) {
    this.jdbi = jdbi;
    this.passwords = passwords;
    this.email = email;
    this.password = password;
  }

  public void start() {
    loop.start();
  }

  private boolean round() {
    jdbi.useTransaction(this::create);
    return false;
  }

  private void create(Handle handle) {
    // Two dashboards that start together make one account.
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.first_admin'))");
    if (!Accounts.none(handle)) {
      return;
    }
    if (password == null) {
      LOG.warn(
          "There is no account to sign in with: set REKINDLE_DASHBOARD_ADMIN_PASSWORD, which makes"
              + " the account of {}, and start the dashboard again",
          email);
      return;
    }
    Account account =
        Accounts.insert(handle, email, "", Role.ADMIN, passwords.hash(password)).orElseThrow();
    AuditLog.record(
        handle,
        Actor.system("rekindle", null),
        "CREATE",
        Subject.ACCOUNT.of(account.accountId()),
        null,
        account);
  }

  @Override
  public void close() {
    loop.close();
  }
}
