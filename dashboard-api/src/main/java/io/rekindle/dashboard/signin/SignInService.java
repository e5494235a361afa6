package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.signin.OidcProvider.Identity;
import io.rekindle.dashboard.signin.Sessions.NewSession;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Signs people in and changes their passwords, each with its audit entry. Thread-safe. */
public final class SignInService {

  private final Jdbi jdbi;
  private final Passwords passwords;
  private final Sessions sessions;

  /**
   * An account and its new session.
   *
   * @param browserToken by which the browser is known to the account from now on
   */
  record SignedIn(Account account, NewSession session, String browserToken) {}

  public SignInService(Jdbi jdbi, Passwords passwords, Sessions sessions) {
    this.jdbi = jdbi;
    this.passwords = passwords;
    this.sessions = sessions;
  }

  /**
   * Signs a person in. Empty if the email address or the password is wrong.
   *
   * @param browserToken of a browser that may have signed in before; null for none
   * @throws PasswordsBusyException if too many passwords are being checked
   */
  Optional<SignedIn> byPassword(
      String email, String password, String address, String browserToken) {
    Optional<Account> account = jdbi.withHandle(handle -> Accounts.byEmail(handle, email));
    Optional<String> hash =
        account.flatMap(
            found -> jdbi.withHandle(handle -> Accounts.passwordHash(handle, found.accountId())));
    // No connection is held while the password is hashed.
    if (!passwords.matches(password, hash.orElse(null))) {
      refuse(account.map(Account::email).orElse(null), address, null);
      return Optional.empty();
    }
    Account found = account.orElseThrow();
    return Optional.of(
        jdbi.inTransaction(
            handle -> {
              Accounts.signedIn(handle, found.accountId());
              AuditLog.signIn(handle, found.email(), address, true, null);
              return new SignedIn(
                  found,
                  sessions.begin(handle, found.accountId(), false),
                  KnownBrowsers.remember(handle, found.accountId(), browserToken));
            }));
  }

  /**
   * Signs in a person whom an OpenID provider has identified.
   *
   * @throws OidcSignInException if the person's account may not be used
   */
  NewSession byOidc(Identity identity, String address) throws OidcSignInException {
    return jdbi.inTransaction(
        handle -> {
          Account account = Identities.account(handle, identity, address);
          Accounts.signedIn(handle, account.accountId());
          AuditLog.signIn(
              handle, account.email(), address, true, Map.of("issuer", identity.issuer()));
          return sessions.begin(handle, account.accountId(), true);
        });
  }

  /**
   * Records a refused sign-in.
   *
   * @param email of the account; null if it is not known
   * @param detail null for none
   */
  void refuse(String email, String address, Object detail) {
    jdbi.useHandle(handle -> AuditLog.signIn(handle, email, address, false, detail));
  }

  /**
   * Changes the actor's own password and ends the account's other sessions. Returns false if the
   * current password is wrong.
   *
   * @param sessionToken of the session that stays
   */
  boolean changePassword(
      Actor actor, String accountId, String current, String replacement, String sessionToken) {
    String hash = jdbi.withHandle(handle -> Accounts.passwordHash(handle, accountId)).orElse(null);
    if (!passwords.matches(current, hash)) {
      return false;
    }
    String newHash = passwords.hash(replacement);
    jdbi.useTransaction(
        handle -> {
          Accounts.setPassword(handle, accountId, newHash);
          sessions.endAll(handle, accountId, sessionToken);
          AuditLog.record(handle, actor, "SET_PASSWORD", Subject.ACCOUNT.of(accountId), null, null);
        });
    return true;
  }
}
