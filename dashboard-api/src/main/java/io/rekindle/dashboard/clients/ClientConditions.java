package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientTraits.LastEmail;
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

  /** The beginning of a UTC day, so many days before today. */
  private static final String DAYS_AGO =
      "((date_trunc('day', now() at time zone 'UTC') at time zone 'UTC')"
          + " - (%s) * interval '24 hours')";

  private static final String EFFECTIVE = "x.status = 'PLACED' and x.amount > x.refunded_amount";

  private static final String ENTERED = "x.at_risk and not x.previous_at_risk";
  private static final String LEFT = "not x.at_risk and x.previous_at_risk";

  private static final String CHANGED_RISK =
      """
      select x.user_id from engagement.score_history x
      where x.at_risk is distinct from x.previous_at_risk
        and x.as_of >= {since} and {change} and x.cause <> 'BACKFILL'
      union
      select x.user_id from engagement.reconstructed_history x
      where x.at_risk is distinct from x.previous_at_risk and x.as_of >= {since} and {change}
        and x.as_of < (select date_trunc('day', r.until_at, 'UTC')
                       from engagement.reconstruction r where r.finished_at is not null)
      """;

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
            """
             and (dashboard.beginning_of(%1$s.name) like :%2$s
               or dashboard.beginning_of(%1$s.email) like :%2$s
               or dashboard.beginning_of(%1$s.user_id) like :%2$s)
            """
                .formatted(users, name));
        parameters.put(name, LikePattern.literal(word) + "%");
      }
    }
    add(
        sql,
        parameters,
        " and " + users + ".user_id = any(cast(:userIds as text[]))",
        "userIds",
        filter.userIds() == null ? null : filter.userIds().toArray(String[]::new));
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
    add(
        sql,
        parameters,
        " and engagement.winnable(%1$s.segment, %1$s.at_risk) = :winnable".formatted(scores),
        "winnable",
        filter.traits().winnable());
    return sql.toString();
  }

  String ranges(String scores, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    String and = " and " + scores;
    add(sql, parameters, and + ".score >= :scoreMin", "scoreMin", filter.scoreMin());
    add(sql, parameters, and + ".score <= :scoreMax", "scoreMax", filter.scoreMax());
    add(sql, parameters, and + ".last_order_at >= :from", "from", filter.lastOrderFrom());
    add(sql, parameters, and + ".last_order_at < :until", "until", filter.lastOrderUntil());
    ClientTraits traits = filter.traits();
    add(
        sql,
        parameters,
        and + ".at_risk_since >= " + DAYS_AGO.formatted(":newlyAtRiskDays - 1"),
        "newlyAtRiskDays",
        traits.newlyAtRiskDays());
    String last = and + ".last_order_at ";
    add(
        sql,
        parameters,
        last + "< " + DAYS_AGO.formatted(":lastOrderDaysMin - 1"),
        "lastOrderDaysMin",
        traits.lastOrderDaysMin());
    add(
        sql,
        parameters,
        last + ">= " + DAYS_AGO.formatted(":lastOrderDaysMax"),
        "lastOrderDaysMax",
        traits.lastOrderDaysMax());
    String count = and + ".order_count ";
    add(sql, parameters, count + ">= :orderCountMin", "orderCountMin", traits.orderCountMin());
    add(sql, parameters, count + "<= :orderCountMax", "orderCountMax", traits.orderCountMax());
    add(sql, parameters, and + ".value_at_stake >= :stakeMin", "stakeMin", traits.stakeMin());
    add(sql, parameters, and + ".value_at_stake <= :stakeMax", "stakeMax", traits.stakeMax());
    return sql.toString();
  }

  /**
   * What is looked up client by client. With offset 0 the planner does not join whole tables.
   *
   * @param id the column with the client's id
   */
  String lookUps(String id, Map<String, Object> parameters) {
    return riskChanges(id, parameters) + otherLookUps(id, parameters);
  }

  private String riskChanges(String id, Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    return riskChange(ENTERED, "becameAtRiskDays", traits.becameAtRiskDays(), id, parameters)
        + riskChange(LEFT, "leftRiskDays", traits.leftRiskDays(), id, parameters);
  }

  /** Whether there are changes to begin with. */
  boolean areOfRiskChanges() {
    return filter.traits().becameAtRiskDays() != null || filter.traits().leftRiskDays() != null;
  }

  /**
   * A query for the ids of the clients whose risk changed so, by the indexes of the changes. It has
   * one of the two changes: {@link #lookUps} has both.
   */
  String changedRisk(Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    boolean entered = traits.becameAtRiskDays() != null;
    String name = entered ? "becameAtRiskDays" : "leftRiskDays";
    parameters.put(name, entered ? traits.becameAtRiskDays() : traits.leftRiskDays());
    return CHANGED_RISK
        .replace("{since}", DAYS_AGO.formatted(":" + name + " - 1"))
        .replace("{change}", entered ? ENTERED : LEFT);
  }

  /** {@link #lookUps} for clients who are in {@link #changedRisk}. */
  String lookUpsOfChanged(String id, Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    boolean both = traits.becameAtRiskDays() != null && traits.leftRiskDays() != null;
    return (both ? riskChange(LEFT, "leftRiskDays", traits.leftRiskDays(), id, parameters) : "")
        + otherLookUps(id, parameters);
  }

  private String otherLookUps(String id, Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    StringBuilder sql = new StringBuilder();
    StringBuilder user = new StringBuilder();
    add(
        user,
        parameters,
        " and dashboard.country_of(x.locale) = :country",
        "country",
        traits.country());
    add(
        user,
        parameters,
        " and dashboard.language_of(x.locale) = :language",
        "language",
        traits.language());
    add(user, parameters, " and x.marketing_consent = :consent", "consent", traits.consent());
    addLookUp(sql, "shop.users", id, user);
    StringBuilder spend = new StringBuilder();
    String value = " and x.order_count * x.average_order_value ";
    add(spend, parameters, value + ">= :valueMin", "valueMin", traits.valueMin());
    add(spend, parameters, value + "<= :valueMax", "valueMax", traits.valueMax());
    addLookUp(sql, "engagement.user_scores", id, spend);
    StringBuilder order = new StringBuilder();
    add(order, parameters, " and x.category = :category", "category", traits.category());
    add(order, parameters, " and x.placed_at >= :orderedFrom", "orderedFrom", traits.orderedFrom());
    add(order, parameters, " and x.placed_at < :orderedTo", "orderedTo", traits.orderedTo());
    if (traits.askForOrder()) {
      addLookUp(sql, "shop.orders", id, order.append(" and ").append(EFFECTIVE));
    }
    sql.append(firstOrder(id, parameters))
        .append(repeated(id, parameters))
        .append(newestEmail(id, parameters));
    StringBuilder decision = new StringBuilder();
    add(decision, parameters, " and x.decision = :decision", "decision", traits.decision());
    add(decision, parameters, " and x.arm = :variant", "variant", traits.variant());
    add(decision, parameters, " and x.reason = :reason", "reason", traits.reason());
    if (traits.askForDecision()) {
      sql.append(newest("engagement.outreach_decisions", "decided_at", id, decision));
    }
    if (traits.contactable() != null) {
      sql.append(traits.contactable() ? " and exists" : " and not exists")
          .append(" (select from engagement.contact_now x where x.user_id = ")
          .append(id)
          .append(" and x.obstacle is null offset 0)");
    }
    return sql.toString();
  }

  /**
   * A change of risk in the last days, as the overview counts them: a day is in the reconstructed
   * history or in the observed one, and additions of older orders change nothing.
   */
  private static String riskChange(
      String change, String name, Integer days, String id, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    add(
        sql,
        parameters,
        """
         and (exists (
            select from engagement.score_history x
            where x.user_id = %1$s and x.as_of >= %2$s and %3$s and x.cause <> 'BACKFILL' offset 0)
          or exists (
            select from engagement.reconstructed_history x
            where x.user_id = %1$s and x.as_of >= %2$s and %3$s
              and x.as_of < (select date_trunc('day', r.until_at, 'UTC')
                             from engagement.reconstruction r where r.finished_at is not null)
            offset 0))
        """
            .formatted(id, DAYS_AGO.formatted(":" + name + " - 1"), change),
        name,
        days);
    return sql.toString();
  }

  private String firstOrder(String id, Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    StringBuilder sql = new StringBuilder();
    String ago = "now() - :%s * interval '24 hours'";
    add(
        sql,
        parameters,
        " and x.at <= " + ago.formatted("tenureMin"),
        "tenureMin",
        traits.tenureMin());
    add(
        sql,
        parameters,
        " and x.at >= " + ago.formatted("tenureMax"),
        "tenureMax",
        traits.tenureMax());
    add(sql, parameters, " and x.at >= :firstFrom", "firstFrom", traits.firstOrderFrom());
    add(sql, parameters, " and x.at < :firstTo", "firstTo", traits.firstOrderTo());
    return traits.askForFirstOrder()
        ? " and exists (select from (%s) as x where true%s offset 0)"
            .formatted(firstOrderOf(id), sql)
        : "";
  }

  private String repeated(String id, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    add(
        sql,
        parameters,
        """
         and exists (
          select from (%2$s) as f
          join shop.orders x on x.user_id = %1$s
          where %3$s
            and date_trunc('day', x.placed_at, 'UTC') > date_trunc('day', f.at, 'UTC')
            and x.placed_at <= f.at + :repeatedWithinDays * interval '24 hours' offset 0)
        """
            .formatted(id, firstOrderOf(id), EFFECTIVE),
        "repeatedWithinDays",
        filter.traits().repeatedWithinDays());
    return sql.toString();
  }

  /** A query for the time {@code at} of a client's first effective order, null without one. */
  static String firstOrderOf(String id) {
    return "select min(x.placed_at) as at from shop.orders x where x.user_id = %s and %s"
        .formatted(id, EFFECTIVE);
  }

  private String newestEmail(String id, Map<String, Object> parameters) {
    ClientTraits traits = filter.traits();
    if (traits.lastEmail() == LastEmail.NEVER) {
      return " and not exists (select from engagement.emails x where x.user_id = %s offset 0)"
          .formatted(id);
    }
    StringBuilder sql = new StringBuilder();
    add(
        sql,
        parameters,
        " and x.status = :emailStatus",
        "emailStatus",
        traits.lastEmail() == null ? null : traits.lastEmail().status);
    add(
        sql,
        parameters,
        " and coalesce(x.sent_at, x.generated_at) >= now() - :lastEmailDays * interval '24 hours'",
        "lastEmailDays",
        traits.lastEmailDays());
    return sql.isEmpty() ? "" : newest("engagement.emails", "generated_at", id, sql);
  }

  private static String newest(String table, String at, String id, CharSequence conditions) {
    return (" and exists (select from (select * from %1$s n where n.user_id = %2$s"
            + " order by n.%3$s desc limit 1) as x where true%4$s offset 0)")
        .formatted(table, id, at, conditions);
  }

  private static void addLookUp(
      StringBuilder sql, String table, String id, StringBuilder conditions) {
    if (!conditions.isEmpty()) {
      sql.append(
          " and exists (select from %s x where x.user_id = %s%s offset 0)"
              .formatted(table, id, conditions));
    }
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
