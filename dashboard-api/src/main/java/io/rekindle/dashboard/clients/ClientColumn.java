package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.web.QueryParameters;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A column that a page of clients can show besides the client. In the order of the page. */
public enum ClientColumn {
  SCORE("score", "score", false),
  PROBABILITY("probability", null, true),
  STAKE("stake", "valueAtStake", true),
  SEGMENT("segment", null, false),
  REASON("reason", null, false),
  LAST_ORDER("lastOrder", "lastOrderDate", false),
  SILENCE("silence", "lastOrderDate", false),
  ORDERS("orders", "orderCount", true),
  AVERAGE("average", "averageOrderValue", true),
  SPEND("spend", null, true),
  FIRST_ORDER("firstOrder", null, false),
  AT_RISK_SINCE("atRiskSince", "atRiskSince", false),
  DONE("done", null, false),
  VARIANT("variant", null, false),
  LAST_EMAIL("lastEmail", null, false),
  CONTACT("contact", null, false),
  EMAIL("email", null, false),
  COUNTRY("country", null, false),
  LANGUAGE("language", null, false),
  CONSENT("consent", null, false),
  LIKES("likes", null, false),
  SINCE("since", "createdAt", false);

  /** What the page of all clients shows unless asked for other columns. */
  static final List<ClientColumn> OF_CLIENTS =
      List.of(SCORE, PROBABILITY, SEGMENT, LAST_ORDER, ORDERS, AVERAGE, AT_RISK_SINCE);

  /** What the page of clients at risk shows unless asked for other columns. */
  static final List<ClientColumn> OF_CLIENTS_AT_RISK =
      List.of(SCORE, PROBABILITY, STAKE, REASON, SILENCE, AT_RISK_SINCE, DONE, CONTACT);

  private final String word;
  private final String sort;
  private final boolean number;

  ClientColumn(String word, String sort, boolean number) {
    this.word = word;
    this.sort = sort;
    this.number = number;
  }

  /** As addresses and texts have it. */
  public String word() {
    return word;
  }

  /** The word of the sort by this column; null if lists are not sorted by it. */
  public String sort() {
    return sort;
  }

  /** Whether its values stand below each other at the right. */
  public boolean isNumber() {
    return number;
  }

  /** The words of the columns that a page shows unless asked for others, with commas between. */
  public static String usual(boolean atRisk) {
    return (atRisk ? OF_CLIENTS_AT_RISK : OF_CLIENTS)
        .stream().map(ClientColumn::word).collect(Collectors.joining(","));
  }

  /** The columns that a query asks for, or else the given ones. */
  static List<ClientColumn> read(QueryParameters query, List<ClientColumn> usual) {
    Set<String> words = Arrays.stream(values()).map(ClientColumn::word).collect(Collectors.toSet());
    Set<String> chosen = query.words("columns", words);
    return chosen.isEmpty()
        ? usual
        : Arrays.stream(values()).filter(column -> chosen.contains(column.word)).toList();
  }
}
