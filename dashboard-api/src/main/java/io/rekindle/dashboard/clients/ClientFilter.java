package io.rekindle.dashboard.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.dashboard.database.TextRules;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which clients, in which order. Whatever is null does not matter.
 *
 * @param search parts of name, email address or id, all of which have to be there
 * @param scoreMin the least score
 * @param scoreMax the greatest score
 * @param lastOrderFrom the last order was placed then or later
 * @param lastOrderUntil the last order was placed before that
 * @param userIds only these clients
 */
public record ClientFilter(
    List<String> search,
    Segment segment,
    Band band,
    Boolean atRisk,
    BigDecimal scoreMin,
    BigDecimal scoreMax,
    Instant lastOrderFrom,
    Instant lastOrderUntil,
    List<String> userIds,
    ClientTraits traits,
    Sort sort,
    boolean descending) {

  private static final int MAX_WORDS = 5;
  private static final int MAX_USER_IDS = 200;

  /** What to sort by; clients without it come last, by their ids. */
  public enum Sort {
    SCORE("score", "s.score", "numeric"),
    LAST_ORDER_DATE("lastOrderDate", "s.last_order_at", "timestamptz"),
    ORDER_COUNT("orderCount", "s.order_count", "int"),
    AVERAGE_ORDER_VALUE("averageOrderValue", "s.average_order_value", "numeric"),
    VALUE_AT_STAKE("valueAtStake", "s.value_at_stake", "numeric"),
    AT_RISK_SINCE("atRiskSince", "s.at_risk_since", "timestamptz"),
    NAME("name", "dashboard.beginning_of(u.name)", "text", "u.name", null),
    CREATED_AT("createdAt", "u.created_at", "timestamptz", "u.created_at", "s.client_since");

    private final String word;
    final String expression;

    /** The type in the database. */
    final String type;

    /** The column that is null where there is nothing to sort by. */
    final String presence;

    /** The same among the scores; null if they do not have it. */
    final String scoreColumn;

    Sort(String word, String scoreColumn, String type) {
      this(word, scoreColumn, type, scoreColumn, scoreColumn);
    }

    Sort(String word, String expression, String type, String presence, String scoreColumn) {
      this.word = word;
      this.expression = expression;
      this.type = type;
      this.presence = presence;
      this.scoreColumn = scoreColumn;
    }

    /** As the API writes it. */
    public String word() {
      return word;
    }

    /** Whether it is the pipeline's, else the shop's. */
    boolean ofScores() {
      return expression.equals(scoreColumn);
    }

    static Set<String> words() {
      return Arrays.stream(values()).map(sort -> sort.word).collect(Collectors.toSet());
    }

    static Sort of(String word) {
      return Arrays.stream(values()).filter(s -> s.word.equals(word)).findFirst().orElseThrow();
    }
  }

  /** The parameter that names a stored filter. */
  public static final String AUDIENCE = "audience";

  /** Parameters of lists that are no filter. */
  private static final Set<String> NO_FILTERS =
      Set.of(AUDIENCE, "all", "columns", "count", "cursor", "format", "limit");

  /** The parameters of a request, with those of the stored filter that it names. */
  static QueryParameters parameters(QueryParameters query, StoredFilters stored) {
    String name = query.text(AUDIENCE, 64);
    Map<String, String> filter = name == null ? Map.of() : stored.byName(name).orElse(null);
    QueryParameters all = filter == null ? query : query.or(filter);
    all.text(AUDIENCE, 64);
    if (filter == null) {
      all.reject(AUDIENCE, "There is no audience \"" + name + "\".");
    }
    return all;
  }

  /** The parameters that make a list's filter, to be stored. */
  static Map<String, String> stored(QueryParameters query) {
    return query.without(NO_FILTERS);
  }

  /** Reads the filter's parameters; mistakes are the query's to tell. */
  public static ClientFilter read(QueryParameters query) {
    return read(query, Sort.CREATED_AT, query.bool("atRisk"));
  }

  /**
   * Reads the filter's parameters for clients at risk, those with the most at stake first. Without
   * {@code all=true} or {@code winnable} only those who can still be won back match.
   */
  static ClientFilter readAtRisk(QueryParameters query) {
    query.bool("atRisk"); // May be in the address, and changes nothing.
    boolean all = Boolean.TRUE.equals(query.bool("all"));
    ClientFilter filter = read(query, Sort.VALUE_AT_STAKE, true);
    return filter.traits().winnable() == null && !all
        ? filter.with(filter.traits().withWinnable(true))
        : filter;
  }

  private static ClientFilter read(QueryParameters query, Sort fallback, Boolean atRisk) {
    String text = query.text("search", 200);
    List<String> words = text == null ? List.of() : List.of(text.split("\\s+"));
    if (words.size() > MAX_WORDS) {
      query.reject("search", "at most " + MAX_WORDS + " words.");
    }
    String sort = query.word("sort", Sort.words());
    String order = query.word("order", Set.of("asc", "desc"));
    return new ClientFilter(
        words,
        query.oneOf("segment", Segment.class),
        query.oneOf("band", Band.class),
        atRisk,
        query.decimal("scoreMin", 0, 100),
        query.decimal("scoreMax", 0, 100),
        query.instant("lastOrderFrom"),
        query.instant("lastOrderUntil"),
        userIds(query),
        ClientTraits.read(query),
        sort == null ? fallback : Sort.of(sort),
        !"asc".equals(order));
  }

  /** Null if absent. Ids are percent-encoded, so that commas are only between them. */
  private static List<String> userIds(QueryParameters query) {
    String text = query.text("userIds", MAX_USER_IDS * 400);
    if (text == null) {
      return null;
    }
    List<String> ids;
    try {
      ids =
          Arrays.stream(text.split(",", -1))
              .map(id -> URLDecoder.decode(id.replace("+", "%2B"), UTF_8))
              .toList();
    } catch (IllegalArgumentException e) {
      ids = List.of();
    }
    if (ids.isEmpty()
        || ids.size() > MAX_USER_IDS
        || ids.stream().anyMatch(id -> id.isEmpty() || TextRules.mistake(id, 128) != null)) {
      query.reject(
          "userIds",
          "has to be 1 to " + MAX_USER_IDS + " percent-encoded ids with commas between.");
      return null;
    }
    return ids;
  }

  ClientFilter with(ClientTraits changed) {
    return with(changed, sort);
  }

  ClientFilter with(Sort changed) {
    return with(traits, changed);
  }

  private ClientFilter with(ClientTraits otherTraits, Sort otherSort) {
    return new ClientFilter(
        search,
        segment,
        band,
        atRisk,
        scoreMin,
        scoreMax,
        lastOrderFrom,
        lastOrderUntil,
        userIds,
        otherTraits,
        otherSort,
        descending);
  }

  /** Whether clients are looked up by words or by their ids. */
  boolean searches() {
    return !search.isEmpty() || userIds != null;
  }

  /** Whether only clients can match whom the pipeline has scored. */
  boolean asksForScores() {
    return segment != null
        || band != null
        || atRisk != null
        || asksForRanges()
        || traits.askForScores();
  }

  /** Whether only some values of an index of the scores match. */
  boolean asksForRanges() {
    return scoreMin != null
        || scoreMax != null
        || lastOrderFrom != null
        || lastOrderUntil != null
        || traits.askForRanges();
  }

  /** Whether nothing but segment, band and risk matters. */
  boolean asksForFacetsAlone() {
    return !searches() && !asksForRanges() && !traits.askForLookUps();
  }
}
