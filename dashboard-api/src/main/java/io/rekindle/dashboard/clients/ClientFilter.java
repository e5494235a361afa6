package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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
    Sort sort,
    boolean descending) {

  private static final int MAX_WORDS = 5;

  /** What to sort by; clients without it come last, by their ids. */
  public enum Sort {
    SCORE("score", "s.score", "numeric"),
    LAST_ORDER_DATE("lastOrderDate", "s.last_order_at", "timestamptz"),
    ORDER_COUNT("orderCount", "s.order_count", "int"),
    AVERAGE_ORDER_VALUE("averageOrderValue", "s.average_order_value", "numeric"),
    AT_RISK_SINCE("atRiskSince", "s.at_risk_since", "timestamptz"),
    NAME("name", "lower(u.name)", "text", "u.name", null),
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

  /** Reads the filter's parameters; mistakes are the query's to tell. */
  public static ClientFilter read(QueryParameters query) {
    return read(query, Sort.CREATED_AT, query.bool("atRisk"));
  }

  /**
   * Reads the filter's parameters for clients at risk, those at risk for the shortest time first.
   */
  static ClientFilter readAtRisk(QueryParameters query) {
    query.bool("atRisk"); // May be in the address, and changes nothing.
    return read(query, Sort.AT_RISK_SINCE, true);
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
        sort == null ? fallback : Sort.of(sort),
        !"asc".equals(order));
  }

  /** Whether only clients can match whom the pipeline has scored. */
  boolean asksForScores() {
    return segment != null || band != null || atRisk != null || asksForRanges();
  }

  /** Whether only some scores or times of the last order match. */
  boolean asksForRanges() {
    return scoreMin != null || scoreMax != null || lastOrderFrom != null || lastOrderUntil != null;
  }
}
