package io.rekindle.dashboard.outreach;

import static java.util.Objects.requireNonNullElse;

import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.email.sender.mail.MailAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The row of engagement.review_settings.
 *
 * @param reviewFirst of a version without an approval, so many emails are shown to who approves it;
 *     0 if versions need none
 * @param fourEyesAbove so many emails of a version leave with one approval; null for all
 * @param seedAddresses who gets tests
 */
public record ReviewSettings(
    int reviewFirst,
    Integer fourEyesAbove,
    List<String> seedAddresses,
    String updatedBy,
    Instant updatedAt) {

  private static final int MAX_SHOWN = 100;
  private static final int MAX_SEEDS = 20;

  private static final String COLUMNS =
      "review_first, four_eyes_above, seed_addresses, updated_by, updated_at";

  static ReviewSettings read(Handle handle) {
    return handle
        .createQuery("select " + COLUMNS + " from engagement.review_settings")
        .mapTo(ReviewSettings.class)
        .one();
  }

  /** Locks the settings until the transaction ends. */
  static ReviewSettings lock(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.review_settings'))");
    return read(handle);
  }

  /** This with the fields that a request names; mistakes are the fields' to tell. */
  ReviewSettings with(JsonFields body) {
    return new ReviewSettings(
        requireNonNullElse(body.integer("reviewFirst", 0, MAX_SHOWN), reviewFirst),
        body.has("fourEyesAbove")
            ? body.integer("fourEyesAbove", 0, Integer.MAX_VALUE)
            : fourEyesAbove,
        body.has("seedAddresses") ? addresses(body) : seedAddresses,
        updatedBy,
        updatedAt);
  }

  ReviewSettings write(Handle handle, String by) {
    return handle
        .createQuery(
            """
            update engagement.review_settings
            set review_first = :reviewFirst, four_eyes_above = :fourEyesAbove,
                seed_addresses = :seeds, updated_by = :by, updated_at = now()
            returning
            """
                + COLUMNS)
        .bind("reviewFirst", reviewFirst)
        .bind("fourEyesAbove", fourEyesAbove)
        .bindArray("seeds", String.class, seedAddresses)
        .bind("by", by)
        .mapTo(ReviewSettings.class)
        .one();
  }

  private static List<String> addresses(JsonFields body) {
    List<String> given = body.texts("seedAddresses", MAX_SEEDS, 320);
    List<String> addresses = new ArrayList<>();
    for (int i = 0; given != null && i < given.size(); i++) {
      Optional<String> address = MailAddress.parse(given.get(i));
      if (address.isEmpty()) {
        body.reject("seedAddresses[" + i + "]", "has to be an address such as hello@shop.example.");
      } else if (!addresses.contains(address.get())) {
        addresses.add(address.get());
      }
    }
    return addresses;
  }
}
