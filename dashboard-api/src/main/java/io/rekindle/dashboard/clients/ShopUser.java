package io.rekindle.dashboard.clients;

import static java.util.Objects.requireNonNullElse;

import io.rekindle.dashboard.web.JsonFields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A client as the shop has it, a row of shop.users.
 *
 * @param email null if the shop has none
 * @param name null if the shop has none
 * @param timeZone IANA name
 * @param locale BCP 47 tag
 */
public record ShopUser(
    String userId,
    String email,
    String name,
    List<String> preferredCategories,
    String timeZone,
    String locale,
    boolean marketingConsent,
    Instant createdAt) {

  /** A condition in SQL: whether the shop has a user of the id {@code userId}. */
  static final String EXISTS = "exists (select from shop.users where user_id = :userId)";

  static ShopUser blank(String userId) {
    return new ShopUser(userId, null, null, List.of(), "UTC", "en", false, null);
  }

  /** What the shop has of a client. */
  public static ShopUser of(ClientProfile client) {
    return new ShopUser(
        client.userId(),
        client.email(),
        client.name(),
        client.preferredCategories(),
        client.timeZone(),
        client.locale(),
        client.marketingConsent(),
        client.createdAt());
  }

  /** The user with the fields of a request; the fields collect the mistakes. */
  ShopUser with(JsonFields body) {
    String newEmail = body.has("email") ? body.text("email", 320) : email;
    if (newEmail != null && body.has("email") && !newEmail.matches("[^\\s@]+@[^\\s@]+")) {
      body.reject("email", "has to be an email address.");
    }
    String newName = body.has("name") ? body.text("name", 500) : name;
    List<String> categories = body.texts("preferredCategories", 50, 100);
    String zone = body.text("timeZone", 64);
    if (zone != null && !isZone(zone)) {
      body.reject("timeZone", "has to be an IANA time zone such as Europe/Warsaw.");
    }
    String tag = body.text("locale", 64);
    if (tag != null && !isLocale(tag)) {
      body.reject("locale", "has to be a BCP 47 language tag such as pl-PL.");
    }
    return new ShopUser(
        userId,
        newEmail,
        newName,
        body.has("preferredCategories")
            ? requireNonNullElse(categories, List.of())
            : preferredCategories,
        requireNonNullElse(zone, timeZone),
        requireNonNullElse(tag, locale),
        requireNonNullElse(body.bool("marketingConsent"), marketingConsent),
        createdAt);
  }

  /** Locks the row until the transaction ends; empty if there is none. */
  static Optional<ShopUser> lock(Handle handle, String userId) {
    return handle
        .createQuery(
            """
            select user_id, email, name, preferred_categories, time_zone, locale,
                   marketing_consent, created_at
            from shop.users where user_id = :id for update
            """)
        .bind("id", userId)
        .mapTo(ShopUser.class)
        .findOne();
  }

  /** False if there is a row of that id. */
  boolean insert(Handle handle) {
    return handle
            .createUpdate(
                """
                insert into shop.users (user_id, email, name, preferred_categories, time_zone,
                    locale, marketing_consent, created_at)
                values (:userId, :email, :name, :categories, :timeZone, :locale,
                    :marketingConsent, coalesce(:createdAt, now()))
                on conflict do nothing
                """)
            .bindMethods(this)
            .bindArray("categories", String.class, preferredCategories)
            .execute()
        == 1;
  }

  static boolean exists(Handle handle, String userId) {
    return handle.createQuery("select " + EXISTS).bind("userId", userId).mapTo(Boolean.class).one();
  }

  void update(Handle handle) {
    handle
        .createUpdate(
            """
            update shop.users
            set email = :email, name = :name, preferred_categories = :categories,
                time_zone = :timeZone, locale = :locale, marketing_consent = :marketingConsent
            where user_id = :userId
            """)
        .bindMethods(this)
        .bindArray("categories", String.class, preferredCategories)
        .execute();
  }

  private static boolean isZone(String zone) {
    try {
      // Offsets such as +02:00 are zones for Java and not for Postgres.
      return zone.equals("UTC") || (zone.contains("/") && ZoneId.of(zone) != null);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isLocale(String tag) {
    try {
      return !new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty();
    } catch (IllformedLocaleException e) {
      return false;
    }
  }
}
