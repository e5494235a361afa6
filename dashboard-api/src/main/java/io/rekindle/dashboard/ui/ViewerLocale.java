package io.rekindle.dashboard.ui;

import io.rekindle.dashboard.web.RequestInfo;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The language, the region and the time zone in which a viewer reads.
 *
 * <p>A choice in the account's dialog is a cookie, as light and dark are: it holds for a browser,
 * and on the page that asks to sign in, too. Without a choice the browser's languages decide.
 *
 * @param locale language and region; there are texts in the language
 * @param zone UTC until the browser has told its zone
 * @param zoneKnown whether the browser has told it
 * @param chosen tag of {@link #OFFERED}; null if the browser decides
 */
record ViewerLocale(Locale locale, ZoneId zone, boolean zoneKnown, String chosen) {

  /** The tags that a person can choose, in the order of the list. */
  static final List<String> OFFERED = List.of("en-GB", "en-US", "de-DE", "de-AT", "de-CH");

  /** The languages that have texts, with the region of a tag that names none. */
  private static final Map<String, String> REGIONS = Map.of("en", "GB", "de", "DE");

  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
  private static final int MAX_HEADER = 500;

  static ViewerLocale of(RequestInfo request) {
    String chosen =
        request.locale() != null && OFFERED.contains(request.locale()) ? request.locale() : null;
    Locale locale =
        Stream.concat(Stream.ofNullable(chosen), accepted(request.acceptLanguage()))
            .map(ViewerLocale::withTexts)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(Locale.UK);
    ZoneId zone = zone(request.zone());
    return new ViewerLocale(locale, zone == null ? ZoneOffset.UTC : zone, zone != null, chosen);
  }

  /** Tags by preference; none if the header is missing or malformed. */
  private static Stream<String> accepted(String header) {
    if (header == null || header.isBlank() || header.length() > MAX_HEADER) {
      return Stream.empty();
    }
    try {
      return Locale.LanguageRange.parse(header).stream()
          .filter(range -> range.getWeight() > 0)
          .map(Locale.LanguageRange::getRange);
    } catch (IllegalArgumentException e) {
      return Stream.empty();
    }
  }

  /** Null if there are no texts in that language. */
  private static Locale withTexts(String tag) {
    Locale requested = Locale.forLanguageTag(tag);
    String region = REGIONS.get(requested.getLanguage());
    if (region == null) {
      return null;
    }
    return new Locale(
        requested.getLanguage(),
        COUNTRIES.contains(requested.getCountry()) ? requested.getCountry() : region);
  }

  /** Null for a zone that this machine does not know. */
  private static ZoneId zone(String id) {
    if (id == null) {
      return null;
    }
    try {
      return ZoneId.of(id);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
