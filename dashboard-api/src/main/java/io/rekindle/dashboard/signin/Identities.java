package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.signin.OidcProvider.Identity;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Which account belongs to whom at which provider. Stateless. */
final class Identities {

  private Identities() {}

  /**
   * The account of a person who has come back from a provider: made at the first time, and with the
   * role and name that the provider says now.
   *
   * @throws OidcSignInException if the account is disabled, or another one has the person's address
   */
  static Account account(Handle handle, Identity identity, String address)
      throws OidcSignInException {
    // Two sign-ins of a new person at once make one account.
    handle
        .createQuery("select pg_advisory_xact_lock(hashtextextended(:who, 0))::text")
        .bind("who", identity.issuer() + ' ' + identity.subject())
        .mapTo(String.class)
        .one();
    Optional<String> id =
        handle
            .createQuery(
                """
                select account_id from dashboard.identities
                where issuer = :issuer and subject = :subject
                """)
            .bind("issuer", identity.issuer())
            .bind("subject", identity.subject())
            .mapTo(String.class)
            .findOne();
    return id.isPresent()
        ? known(handle, id.get(), identity, address)
        : made(handle, identity, address);
  }

  private static Account known(Handle handle, String id, Identity identity, String address)
      throws OidcSignInException {
    Account before = Accounts.lock(handle, id).orElseThrow();
    if (before.disabled()) {
      throw SignInProblem.DISABLED.because("The account " + id + " is disabled.");
    }
    if (before.role() == identity.role() && before.name().equals(identity.name())) {
      return before;
    }
    Account after = Accounts.update(handle, id, identity.name(), identity.role(), false);
    audit(handle, identity, "CHANGE", before, after, address);
    return after;
  }

  private static Account made(Handle handle, Identity identity, String address)
      throws OidcSignInException {
    Account made =
        Accounts.insert(handle, identity.email(), identity.name(), identity.role(), null)
            .orElseThrow(
                () ->
                    SignInProblem.TAKEN.because(
                        "An account that is not this person's has their address."));
    handle
        .createUpdate(
            """
            insert into dashboard.identities (issuer, subject, account_id)
            values (:issuer, :subject, :account)
            """)
        .bind("issuer", identity.issuer())
        .bind("subject", identity.subject())
        .bind("account", made.accountId())
        .execute();
    audit(handle, identity, "CREATE", null, made, address);
    return made;
  }

  private static void audit(
      Handle handle,
      Identity identity,
      String action,
      Account before,
      Account after,
      String address) {
    AuditLog.record(
        handle,
        Actor.system(identity.issuer(), address),
        action,
        Subject.ACCOUNT.of(after.accountId()),
        before,
        after);
  }
}
