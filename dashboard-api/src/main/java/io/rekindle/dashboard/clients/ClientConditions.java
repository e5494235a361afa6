package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.LikePattern;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The conditions of a filter in SQL, each with a leading {@code and}. Every method puts the values
 * into the parameters.
 */
record ClientConditions(ClientFilter filter) {

  /** The index finds three letters or digits in a row. */
  private static final Pattern INDEXED = Pattern.compile("[\\p{L}\\p{N}]{3}");

  /**
   * The index looks up only the number of a word that has one: all clients may share the letters
   * before it.
   */
  private static final Pattern DIGITS = Pattern.compile("\\d{4,}");

  String search(Map<String, Object> parameters) {
    return search("u", parameters);
  }

  String search(String users, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    // The index finds a long word anywhere; short words alone match the beginning of a field.
    boolean anywhere = filter.search().stream().anyMatch(word -> INDEXED.matcher(word).find());
    for (int i = 0; i < filter.search().size(); i++) {
      String word = filter.search().get(i).toLowerCase(Locale.ROOT);
      String name = "word" + i;
      if (anywhere) {
        String text =
            " and dashboard.searchable(%1$s.user_id, %1$s.email, %1$s.name)".formatted(users);
        Matcher digits = DIGITS.matcher(word);
        if (digits.find()) {
          sql.append(text).append(" like :digits").append(i);
          parameters.put("digits" + i, "%" + digits.group() + "%");
          text += " || ''";
        }
        sql.append(text).append(" like :").append(name);
        parameters.put(name, "%" + LikePattern.literal(word) + "%");
      } else {
        sql.append(
            (" and (lower(%1$s.name) like :%2$s or lower(%1$s.email) like :%2$s"
                    + " or lower(%1$s.user_id) like :%2$s)")
                .formatted(users, name));
        parameters.put(name, LikePattern.literal(word) + "%");
      }
    }
    return sql.toString();
  }

  String scores(String scores, Map<String, Object> parameters) {
    return facets(scores, parameters) + ranges(scores, parameters);
  }

  String facets(String scores, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    String and = " and " + scores;
    add(sql, parameters, and + ".segment = :segment", "segment", name(filter.segment()));
    add(sql, parameters, and + ".band = :band", "band", name(filter.band()));
    add(sql, parameters, and + ".at_risk = :atRisk", "atRisk", filter.atRisk());
    return sql.toString();
  }

  String ranges(String scores, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    String and = " and " + scores;
    add(sql, parameters, and + ".score >= :scoreMin", "scoreMin", filter.scoreMin());
    add(sql, parameters, and + ".score <= :scoreMax", "scoreMax", filter.scoreMax());
    add(sql, parameters, and + ".last_order_at >= :from", "from", filter.lastOrderFrom());
    add(sql, parameters, and + ".last_order_at < :until", "until", filter.lastOrderUntil());
    return sql.toString();
  }

  private static void add(
      StringBuilder sql, Map<String, Object> parameters, String condition, String name, Object v) {
    if (v != null) {
      sql.append(condition);
      parameters.put(name, v);
    }
  }

  private static String name(Enum<?> value) {
    return value == null ? null : value.name();
  }
}
