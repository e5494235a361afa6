package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.web.QueryParameters;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a filter asks of clients beyond search, segment, band, risk, score and last order. Whatever
 * is null does not matter. Days have 24 hours.
 *
 * @param winnable whether the client is at risk and can still be won back
 * @param newlyAtRiskDays the risk began in so many last UTC days, today included, as the overview
 *     counts them
 * @param becameAtRiskDays the client became at risk in so many last UTC days, today included,
 *     whether or not the client still is
 * @param leftRiskDays the client ceased to be at risk in so many last UTC days, today included
 * @param lastOrderDaysMin the last order was placed so many UTC days ago or earlier
 * @param lastOrderDaysMax the last order was placed so many UTC days ago or later
 * @param orderCountMin the least number of effective orders ever
 * @param orderCountMax the greatest number of effective orders ever
 * @param stakeMin the least value at stake, in the policy's base currency
 * @param stakeMax the greatest value at stake
 * @param valueMin the least sum of all effective orders ever, in the policy's base currency
 * @param valueMax the greatest sum of all effective orders ever
 * @param contactable whether the client may be written to now
 * @param country ISO 3166 code in upper case, by the locale
 * @param language ISO 639 code in lower case, by the locale
 * @param consent whether the client consents to marketing
 * @param category of an effective order
 * @param tenureMin the first effective order was placed so many days ago or earlier
 * @param tenureMax the first effective order was placed so many days ago or later
 * @param firstOrderFrom the first effective order was placed then or later
 * @param firstOrderTo the first effective order was placed before that
 * @param orderedFrom an effective order, of the category if there is one, was placed then or later
 * @param orderedTo it was placed before that
 * @param repeatedWithinDays an effective order was placed on a later UTC day than the first one,
 *     and so many days after it or earlier
 * @param lastEmail what became of the newest email
 * @param lastEmailDays the newest email was sent, or else written, in so many last days
 * @param decision of the newest decision: EMAIL, HOLDOUT or SKIP
 * @param variant the arm of the newest decision
 * @param reason of the newest decision
 */
public record ClientTraits(
    Boolean winnable,
    Integer newlyAtRiskDays,
    Integer becameAtRiskDays,
    Integer leftRiskDays,
    Integer lastOrderDaysMin,
    Integer lastOrderDaysMax,
    Integer orderCountMin,
    Integer orderCountMax,
    BigDecimal stakeMin,
    BigDecimal stakeMax,
    BigDecimal valueMin,
    BigDecimal valueMax,
    Boolean contactable,
    String country,
    String language,
    Boolean consent,
    String category,
    Integer tenureMin,
    Integer tenureMax,
    Instant firstOrderFrom,
    Instant firstOrderTo,
    Instant orderedFrom,
    Instant orderedTo,
    Integer repeatedWithinDays,
    LastEmail lastEmail,
    Integer lastEmailDays,
    String decision,
    String variant,
    String reason) {

  /** Nothing is asked. */
  public static final ClientTraits NONE =
      new ClientTraits(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  /** The decisions there are. */
  public static final List<String> DECISIONS = List.of("EMAIL", "HOLDOUT", "SKIP");

  /** The reasons of decisions there are. */
  public static final List<String> REASONS =
      List.of(
          "AT_RISK",
          "USER_REMOVED",
          "NO_CONSENT",
          "SUPPRESSED",
          "NO_ADDRESS",
          "PAUSED",
          "STALE",
          "RECENTLY_CONTACTED",
          "OVER_DAILY_CAP",
          "CONTROL_GROUP");

  private static final int MAX_DAYS = 36_500;
  private static final int MAX_AMOUNT = 1_000_000_000;
  private static final int MAX_ORDERS = 1_000_000_000;

  /** What became of the newest email of a client. */
  public enum LastEmail {
    /** There is no email. */
    NEVER(null),
    WAITING("READY"),
    SENT("SENT"),
    LOGGED("LOGGED"),
    CANCELLED("CANCELLED"),
    FAILED("FAILED");

    /** As the email has it; null without an email. */
    final String status;

    LastEmail(String status) {
      this.status = status;
    }
  }

  /** Reads the parameters of the traits; mistakes are the query's to tell. */
  static ClientTraits read(QueryParameters query) {
    LastEmail lastEmail = query.oneOf("lastEmail", LastEmail.class);
    Integer lastEmailDays = query.integer("lastEmailDays", 0, MAX_DAYS);
    if (lastEmail == LastEmail.NEVER && lastEmailDays != null) {
      query.reject("lastEmailDays", "does not go with lastEmail=NEVER.");
    }
    return new ClientTraits(
        query.bool("winnable"),
        query.integer("newlyAtRiskDays", 1, MAX_DAYS),
        query.integer("becameAtRiskDays", 1, MAX_DAYS),
        query.integer("leftRiskDays", 1, MAX_DAYS),
        query.integer("lastOrderDaysMin", 0, MAX_DAYS),
        query.integer("lastOrderDaysMax", 0, MAX_DAYS),
        query.integer("orderCountMin", 0, MAX_ORDERS),
        query.integer("orderCountMax", 0, MAX_ORDERS),
        query.decimal("stakeMin", 0, MAX_AMOUNT),
        query.decimal("stakeMax", 0, MAX_AMOUNT),
        query.decimal("valueMin", 0, MAX_AMOUNT),
        query.decimal("valueMax", 0, MAX_AMOUNT),
        query.bool("contactable"),
        code(query, "country", "[A-Za-z]{2}", "of two letters, such as DE.", true),
        code(query, "language", "[A-Za-z]{2,3}", "of two or three letters, such as de.", false),
        query.bool("consent"),
        query.text("category", 200),
        query.integer("tenureMin", 0, MAX_DAYS),
        query.integer("tenureMax", 0, MAX_DAYS),
        query.instant("firstOrderFrom"),
        query.instant("firstOrderTo"),
        query.instant("orderedFrom"),
        query.instant("orderedTo"),
        query.integer("repeatedWithinDays", 1, MAX_DAYS),
        lastEmail,
        lastEmailDays,
        query.word("decision", Set.copyOf(DECISIONS)),
        query.text("variant", 64),
        query.word("reason", Set.copyOf(REASONS)));
  }

  private static String code(
      QueryParameters query, String name, String form, String expected, boolean upper) {
    String text = query.text(name, 10);
    if (text == null) {
      return null;
    }
    if (!text.matches(form)) {
      query.reject(name, "has to be a code " + expected);
      return null;
    }
    return upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
  }

  ClientTraits withWinnable(Boolean changed) {
    return new ClientTraits(
        changed,
        newlyAtRiskDays,
        becameAtRiskDays,
        leftRiskDays,
        lastOrderDaysMin,
        lastOrderDaysMax,
        orderCountMin,
        orderCountMax,
        stakeMin,
        stakeMax,
        valueMin,
        valueMax,
        contactable,
        country,
        language,
        consent,
        category,
        tenureMin,
        tenureMax,
        firstOrderFrom,
        firstOrderTo,
        orderedFrom,
        orderedTo,
        repeatedWithinDays,
        lastEmail,
        lastEmailDays,
        decision,
        variant,
        reason);
  }

  /** Whether only clients can match whom the pipeline has scored. */
  boolean askForScores() {
    return winnable != null || askForRanges() || valueMin != null || valueMax != null;
  }

  /** Whether only some values of an index match. */
  boolean askForRanges() {
    return newlyAtRiskDays != null
        || lastOrderDaysMin != null
        || lastOrderDaysMax != null
        || orderCountMin != null
        || orderCountMax != null
        || stakeMin != null
        || stakeMax != null;
  }

  /** Whether something is asked that is looked up client by client. */
  public boolean askForLookUps() {
    return valueMin != null
        || valueMax != null
        || contactable != null
        || country != null
        || language != null
        || consent != null
        || askForOrder()
        || repeatedWithinDays != null
        || becameAtRiskDays != null
        || leftRiskDays != null
        || askForFirstOrder()
        || lastEmail != null
        || lastEmailDays != null
        || askForDecision();
  }

  boolean askForOrder() {
    return category != null || orderedFrom != null || orderedTo != null;
  }

  boolean askForFirstOrder() {
    return tenureMin != null || tenureMax != null || firstOrderFrom != null || firstOrderTo != null;
  }

  boolean askForDecision() {
    return decision != null || variant != null || reason != null;
  }
}
