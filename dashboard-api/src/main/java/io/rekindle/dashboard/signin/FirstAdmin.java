package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.Role;
import java.time.Duration;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Creates the first admin as soon as the database answers, if there is no account yet. Its password
 * is shown once, unless it was given.
 */
public final class FirstAdmin implements AutoCloseable {

  private final Jdbi jdbi;
  private final Passwords passwords;
  private final String email;
  private final String givenPassword;
  private final Consumer<String> announcement;
  private final BackgroundLoop loop =
      new BackgroundLoop("first-admin", Duration.ofSeconds(1), this::round);

  /**
   * @param givenPassword null to make one up
   * @param announcement gets the sentence with the generated password
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
    String password = givenPassword == null ? Passwords.token() : givenPassword;
    Account account =
        Accounts.insert(handle, email, "", Role.ADMIN, passwords.hash(password)).orElseThrow();
    AuditLog.record(
        handle,
        Actor.system("rekindle", null),
        "CREATE",
        Subject.ACCOUNT.of(account.accountId()),
        null,
        account);
    if (givenPassword == null) {
      announcement.accept(
          "First start: sign in as "
              + email
              + " with the password "
              + password
              + " (shown only once).");
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
