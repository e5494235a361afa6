package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.database.Snapshots;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Hands previews to the sender for the seed addresses. Thread-safe. */
public final class TestEmailService {

  private static final int SHOWN = 20;

  /** A test is no contact, but each is an email: so many in an hour are enough for any work. */
  private static final int MAX_AN_HOUR = 200;

  private static final String COLUMNS =
      "test_id, user_id, recipient, subject, status, last_error, requested_by, requested_at, sent_at";

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  public TestEmailService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  /** The latest tests. */
  List<TestEmail> latest() {
    return snapshots.readOnce(TestEmailService::latest);
  }

  static List<TestEmail> latest(Handle handle) {
    return handle
        .createQuery(
            "select "
                + COLUMNS
                + " from engagement.test_emails order by requested_at desc, test_id limit "
                + SHOWN)
        .mapTo(TestEmail.class)
        .list();
  }

  /**
   * Sends a preview to all seed addresses. Empty if there is no such preview, or none any more.
   *
   * @throws ConflictException without seed addresses, for a brand that is not saved, or if there
   *     were too many tests in the last hour
   */
  Optional<List<TestEmail>> send(Actor actor, String previewId) {
    return jdbi.inTransaction(
        handle -> {
          List<String> seeds = ReviewSettings.lock(handle).seedAddresses();
          record Preview(String userId, Integer brandVersion) {}
          Optional<Preview> preview =
              handle
                  .createQuery(
                      """
                      select user_id, brand_version from dashboard.email_previews
                      where preview_id = :id
                      """)
                  .bind("id", previewId)
                  .mapTo(Preview.class)
                  .findOne();
          if (preview.isEmpty()) {
            return Optional.empty();
          }
          if (seeds.isEmpty()) {
            throw new ConflictException("No addresses for tests are set.");
          }
          if (preview.get().brandVersion() == null) {
            throw new ConflictException("Save the brand first: a test has a saved one.");
          }
          long lately =
              handle
                  .createQuery(
                      """
                      select count(*) from engagement.test_emails
                      where requested_at > now() - interval '1 hour'
                      """)
                  .mapTo(Long.class)
                  .one();
          if (lately + seeds.size() > MAX_AN_HOUR) {
            throw new ConflictException(
                "There were " + lately + " tests in the last hour: try again later.");
          }
          handle.execute(
              "delete from engagement.test_emails where requested_at < now() - interval '30 days'");
          List<TestEmail> tests =
              handle
                  .createQuery(
                      """
                      insert into engagement.test_emails
                        (user_id, recipient, subject, html, text, brand_version, requested_by)
                      select p.user_id, seed, p.subject, p.html, p.text, p.brand_version, :by
                      from dashboard.email_previews p cross join unnest(:seeds) as seed
                      where p.preview_id = :id
                      returning
                      """
                          + COLUMNS)
                  .bind("id", previewId)
                  .bind("by", actor.name())
                  .bindArray("seeds", String.class, seeds)
                  .mapTo(TestEmail.class)
                  .list();
          AuditLog.record(
              handle,
              actor,
              "CREATE",
              new AuditLog.Target(Subject.TEST_EMAIL, null, preview.get().userId()),
              null,
              Map.of("recipients", seeds));
          return Optional.of(tests);
        });
  }
}
