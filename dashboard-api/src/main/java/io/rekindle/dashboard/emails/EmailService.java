package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.Snapshot;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.dashboard.web.list.ListPage;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Reads emails, each answer from one snapshot. Thread-safe. */
public final class EmailService {

  private final Jdbi jdbi;

  /**
   * An email as its page shows it.
   *
   * @param currency ISO 4217 code of revenues; null if amounts count at face value
   */
  public record EmailView(EmailDetail email, EmailExplanation explanation, String currency) {}

  /** Creates the service. */
  public EmailService(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The emails after a cursor, or the newest ones for null. */
  public ListPage<EmailSummary> page(EmailFilter filter, String cursor, int limit) {
    return Snapshot.read(jdbi, handle -> EmailListQuery.page(handle, filter, cursor, limit));
  }

  /** Empty if there is no such email. */
  public Optional<EmailDetail> detail(String emailId) {
    return Snapshot.read(jdbi, handle -> EmailQueries.detail(handle, emailId));
  }

  /** Empty if there is no such email. */
  public Optional<EmailExplanation> explanation(String emailId) {
    return Snapshot.read(jdbi, handle -> EmailQueries.explanation(handle, emailId));
  }

  /** Empty if there is no such email. */
  public Optional<EmailView> view(String emailId) {
    return Snapshot.read(
        jdbi,
        handle ->
            EmailQueries.detail(handle, emailId)
                .map(
                    email ->
                        new EmailView(
                            email,
                            EmailQueries.explanation(handle, emailId).orElseThrow(),
                            PolicyInForce.read(handle).currency())));
  }
}
