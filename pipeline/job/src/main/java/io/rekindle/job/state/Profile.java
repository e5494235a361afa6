package io.rekindle.job.state;

import io.rekindle.connectors.events.UserChanged;
import io.rekindle.email.EmailFacts;
import io.rekindle.scoring.Score;
import java.time.Instant;
import java.util.List;

/**
 * The shop's data of a user.
 *
 * @param email null if the shop has none
 * @param name null if the shop has none
 * @param timeZone IANA name, null if unknown
 * @param locale BCP 47 tag, null if unknown
 * @param createdAt epoch milliseconds
 */
public record Profile(
    String email,
    String name,
    List<String> preferredCategories,
    String timeZone,
    String locale,
    boolean marketingConsent,
    long createdAt) {

  public Profile {
    preferredCategories = List.copyOf(preferredCategories);
  }

  /** Returns the material of an email. */
  public EmailFacts facts(String userId, Score score) {
    return new EmailFacts(
        userId,
        name,
        score.lastOrderAt() == Score.NEVER ? null : Instant.ofEpochMilli(score.lastOrderAt()),
        score.orderCount(),
        score.averageOrderValue(),
        preferredCategories,
        locale,
        timeZone);
  }

  /** Returns the row after a change. Unchanged columns come from the row before, or are null. */
  static Profile of(UserChanged change, Profile before) {
    List<String> categories = change.preferredCategories();
    if (categories == null) {
      categories = before == null ? List.of() : before.preferredCategories;
    }
    return new Profile(
        known(change.email(), before == null ? null : before.email),
        known(change.name(), before == null ? null : before.name),
        categories,
        known(change.timeZone(), before == null ? null : before.timeZone),
        known(change.locale(), before == null ? null : before.locale),
        change.marketingConsent(),
        change.createdAt());
  }

  private static String known(String value, String before) {
    return UserChanged.UNCHANGED.equals(value) ? before : value;
  }
}
