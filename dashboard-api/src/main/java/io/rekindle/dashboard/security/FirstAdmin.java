package io.rekindle.dashboard.security;

import io.rekindle.dashboard.http.Failures;
import io.rekindle.dashboard.http.Role;
import io.rekindle.dashboard.security.AuditLog.Subject;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the account by which everybody else can be let in, as soon as the database answers, if
 * there is no account yet. Its password is told once, unless it was given.
 */
public final class FirstAdmin implements Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FirstAdmin.class);
  private static final long RETRY_MILLIS = 1_000;

  private final Jdbi jdbi;
  private final Passwords passwords;
  private final String email;
  private final String givenPassword;
  private final Consumer<String> announcement;
  private final Thread thread = new Thread(this, "first-admin");

  /**
   * @param givenPassword null to make one up
   * @param announcement gets the sentence that tells a password that was made up
   */
  public FirstAdmin(
      Jdbi jdbi,
      Passwords passwords,
      String email,
      String givenPassword,
      Consumer<String> announcement) {
    this.jdbi = jdbi;
    this.passwords = passwords;
    this.email = email;
    this.givenPassword = givenPassword;
    this.announcement = announcement;
  }

  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        jdbi.useTransaction(this::create);
        return;
      } catch (RuntimeException e) {
        // A database that is not there yet, or has not been migrated yet, will be.
        if (Failures.unavailable(e)) {
          LOG.debug("The database does not answer yet", e);
        } else {
          LOG.warn("No account could be looked for: {}", e.getMessage());
        }
      }
      try {
        Thread.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void create(Handle handle) {
    // Two dashboards that start together make one account.
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.first_admin'))");
    if (!Accounts.none(handle)) {
      return;
    }
    String password = givenPassword == null ? Passwords.token(new SecureRandom()) : givenPassword;
    Account account =
        Accounts.insert(handle, email, "", Role.ADMIN, passwords.hash(password)).orElseThrow();
    AuditLog.insert(
        handle,
        "rekindle",
        "SYSTEM",
        "CREATE",
        Subject.ACCOUNT,
        account.accountId(),
        null,
        null,
        account,
        null);
    if (givenPassword == null) {
      announcement.accept(
          "First start: sign in as " + email + " with the password " + password + " (told once).");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
