package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers of the pages about emails, outreach, experiments, suppressions and audiences. */
interface OutreachPageNumbers {

  Numbers numbers();

  /** Emails that Rekindle wrote in the last 30 UTC days. */
  String WRITTEN =
      " from engagement.emails where generated_by <> 'EXTERNAL' and generated_at >= "
          + Numbers.day(29);

  private LocalDate since() {
    return LocalDate.now(ZoneOffset.UTC).minusDays(29);
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfEmails(Viewer viewer) throws Exception {
    ShownPage page = numbers().page("/emails", viewer);
    page.shows("#sending .sub", viewer.day(since()));
    List<Element> tiles = page.all("#sending .tile");
    assertThat(tiles).hasSize(6);
    page.shows(
        tiles.get(0),
        viewer.n(numbers().sql("select count(*)" + WRITTEN)),
        viewer.money(numbers().sql("select coalesce(sum(cost_usd), 0)" + WRITTEN), "USD"));
    String sent =
        "select count(*) from engagement.emails where status = 'SENT' and generated_by %s"
            + " 'EXTERNAL' and sent_at >= "
            + Numbers.day(29).replace("%", "%%");
    page.shows(
        tiles.get(1),
        viewer.n(numbers().sql(sent.formatted("<>"))),
        viewer.n(numbers().sql(sent.formatted("="))),
        viewer.money(0.0004 * numbers().sql(sent.formatted("<>")), "USD"));
    page.shows(
        tiles.get(2),
        viewer.n(numbers().sql("select count(*) from engagement.emails where status = 'READY'")));
    page.shows(
        tiles.get(3),
        viewer.n(numbers().sql("select count(*)" + WRITTEN + " and status = 'CANCELLED'")));
    page.shows(
        tiles.get(4),
        viewer.n(numbers().sql("select count(*)" + WRITTEN + " and status = 'FAILED'")));
    page.shows(
        tiles.get(5),
        viewer.n(
            numbers()
                .sql(
                    "select count(*) from engagement.suppressions where created_at >= "
                        + Numbers.day(29))));
    assertEmails(page, viewer);
    page.showsNothingElse();
    for (String status : List.of("READY", "SENT", "CANCELLED", "FAILED")) {
      ShownPage some = numbers().page("/emails?status=" + status, viewer);
      Double all =
          numbers().sql("select count(*) from engagement.emails where status = '" + status + "'");
      assertThat((double) some.all("#list tbody tr").size()).isEqualTo(Math.min(50, all));
      assertEmails(some, viewer);
    }
  }

  private void assertEmails(ShownPage page, Viewer viewer) throws Exception {
    Map<Object, Object> scores = new HashMap<>();
    for (Map<String, Object> email :
        numbers().table("select email_id, engagement_score_at_time from engagement.emails")) {
      scores.put(email.get("email_id"), email.get("engagement_score_at_time"));
    }
    List<Element> rows = page.all("#list tbody tr");
    for (Element row : rows) {
      String id = row.selectFirst("a.person").attr("href").replace("/emails/", "");
      page.shows(row.select("td").get(3), viewer.n(scores.get(id), 1));
    }
    page.shows("#list .table-foot", rows.size());
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfAnEmail(Viewer viewer) throws Exception {
    List<Map<String, Object>> emails =
        numbers()
            .table(
                """
                select e.*, coalesce(d.attempts, 0) as attempts, o.orders, o.revenue, o.n
                from (
                  select distinct on (generated_by, status) * from engagement.emails
                  order by generated_by, status, email_id) e
                left join engagement.deliveries d using (email_id)
                left join lateral (
                  select count(o.order_id) as orders, count(*) as n,
                         round(coalesce(sum({net}), 0), 2) as revenue
                  from engagement.outreach_decisions x
                  left join shop.orders o on o.user_id = x.user_id and o.status = 'PLACED'
                    and o.amount > o.refunded_amount and o.placed_at > x.decided_at
                    and o.placed_at <= x.decided_at + interval '336 hours'
                  where x.decision_id = e.decision_id) o on true
                """
                    .replace("{net}", Numbers.NET));
    assertThat(emails).hasSizeGreaterThan(5);
    for (Map<String, Object> email : emails) {
      ShownPage page = numbers().page("/emails/" + email.get("email_id"), viewer);
      List<Element> writing = page.all("[aria-labelledby=writing-title] dd");
      if ("LLM".equals(email.get("generated_by"))) {
        page.shows(
            writing.get(2),
            email.get("calls"),
            viewer.n(email.get("latency_ms")),
            viewer.n(email.get("prompt_tokens")),
            viewer.n(email.get("completion_tokens")));
      }
      if (email.get("cost_usd") != null) {
        page.shows(writing.get(writing.size() - 1), viewer.n(email.get("cost_usd"), 6));
      }
      page.given("#delivery dd[lang=en]", "what a mail server said");
      List<Element> delivery = page.all("#delivery dd");
      page.shows(
          delivery.get(email.get("status_reason") == null ? 0 : 1),
          viewer.n(email.get("attempts")));
      if (!email.get("orders").equals(0L)) {
        page.shows(
            page.all("[aria-labelledby=outcome-title] dd").get(1),
            viewer.n(email.get("orders")),
            viewer.euros(email.get("revenue")));
      }
      page.showsNothingElse();
    }
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfOutreach(Viewer viewer) throws Exception {
    ShownPage page = numbers().page("/settings/outreach", viewer);
    page.shows("#outreach-form > p", viewer.percent(0.25));
    List<Map<String, Object>> versions =
        numbers()
            .table(
                """
                select v.*, count(*) as written, count(*) filter (where status = 'SENT') as sent,
                       count(*) filter (where status = 'READY') as waiting
                from engagement.content_versions v join engagement.emails using (content_version)
                group by v.content_version order by first_used_at desc
                """);
    List<Element> shown = page.all("#versions article");
    assertThat(shown).hasSameSizeAs(versions);
    for (int i = 0; i < shown.size(); i++) {
      Map<String, Object> version = versions.get(i);
      page.shows(
          shown.get(i).selectFirst(".rule-head .small"),
          viewer.n(version.get("written")),
          viewer.n(version.get("sent")),
          viewer.n(version.get("waiting")));
      page.shows(shown.get(i).select("dd").get(2), version.get("brand_version"));
      // So many are read before an approval, or all that wait.
      page.shows(
          shown.get(i).selectFirst("p.small"),
          Math.min(5L, ((Number) version.get("waiting")).longValue()));
      assertThat((long) shown.get(i).select("ul:not(.changes) li").size())
          .isEqualTo(Math.min(5L, ((Number) version.get("waiting")).longValue()));
    }
    page.showsNothingElse();
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfSuppressionsAndAudiences(Viewer viewer) throws Exception {
    ShownPage suppressions = numbers().page("/suppressions", viewer);
    Double all = numbers().sql("select count(*) from engagement.suppressions");
    suppressions.shows(".table-foot", Math.min(50, all.intValue()));
    assertThat(suppressions.all("tbody tr")).hasSize(Math.min(50, all.intValue()));
    suppressions.showsNothingElse();

    Map<String, String> members =
        Map.of(
            "slipping",
            "select count(*) from engagement.user_scores where " + ClientPageNumbers.WINNABLE,
            "german",
            "select count(*) from shop.users where locale like 'de%'",
            "large",
            "select count(*) from engagement.user_scores join shop.users using (user_id)"
                + " where marketing_consent and value_at_stake >= 25");
    numbers().await("select count(*) = 3 from engagement.audiences where computed_at is not null");
    ShownPage audiences = numbers().page("/audiences", viewer);
    assertThat(audiences.all("tbody tr")).hasSize(3);
    for (Element row : audiences.all("tbody tr")) {
      String name = row.selectFirst("a.name").text();
      audiences.shows(row.selectFirst("td"), viewer.n(numbers().sql(members.get(name))));
    }
    audiences.showsNothingElse();
    for (Map.Entry<String, String> audience : members.entrySet()) {
      ShownPage one = numbers().page("/audiences/" + audience.getKey(), viewer);
      one.shows(
          ".table-foot > span",
          one.all("#list tbody tr").size(),
          viewer.n(numbers().sql(audience.getValue())));
      one.showsNothingElse();
    }
  }

  /** The arms of an experiment by intention to treat: each client in the arm decided on first. */
  String ARMS =
      """
      with firsts as (
        select distinct on (d.user_id) d.user_id, d.arm, d.decided_at,
               d.decided_at < now() - interval '336 hours' as over, m.status
        from engagement.outreach_decisions d
        left join engagement.emails m using (episode_id)
        where d.experiment_id = '{experiment}' and decision in ('EMAIL', 'HOLDOUT')
        order by d.user_id, d.decided_at),
      outcomes as (
        select f.*, o.orders, o.revenue
        from firsts f cross join lateral (
          select count(*) as orders, coalesce(sum({net}), 0) as revenue from shop.orders o
          where o.user_id = f.user_id and o.status = 'PLACED' and o.amount > o.refunded_amount
            and o.placed_at > f.decided_at
            and o.placed_at <= f.decided_at + interval '336 hours') o)
      select case arm when 'HOLDOUT' then 0.25::float8 else 0.75 end as share, arm = 'HOLDOUT' as held_out,
             count(*) as decided, count(*) filter (where not over) as open,
             count(*) filter (where over) as users,
             count(*) filter (where over and status = 'SENT') as sent,
             count(*) filter (where over and orders > 0) as ordered,
             (count(*) filter (where over and orders > 0))::float8
               / nullif(count(*) filter (where over), 0) as rate,
             round(avg(revenue) filter (where over), 2) as revenue,
             avg(revenue) filter (where over) as mean,
             var_samp(revenue) filter (where over)::float8 as variance
      from outcomes group by arm order by arm <> 'HOLDOUT'
      """
          .replace("{net}", Numbers.NET);

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfExperiments(Viewer viewer) throws Exception {
    for (String id : List.of("first", "second")) {
      ShownPage page = numbers().page("/experiments?id=" + id, viewer);
      List<Map<String, Object>> arms = numbers().table(ARMS.replace("{experiment}", id));
      Map<String, Object> heldOut = arms.get(0);
      Map<String, Object> warm = arms.get(1);
      double difference = number(warm, "rate") - number(heldOut, "rate");
      String interval = "";
      String money = "";
      if (isComparable(warm) && isComparable(heldOut)) {
        double factor =
            factor(1 / (1 / number(warm, "users") + 1 / number(heldOut, "users")), 0.05);
        double margin = factor * Math.sqrt(variance(warm) + variance(heldOut));
        interval = viewer.points(difference - margin) + " " + viewer.points(difference + margin);
        double spread = factor * Math.sqrt(spread(warm, heldOut));
        double mean = number(warm, "mean") - number(heldOut, "mean");
        money = viewer.euros(mean - spread) + " " + viewer.euros(mean + spread);
      }
      List<Element> rows = page.all("[aria-labelledby=table-title] tbody tr");
      assertThat(rows).hasSize(2);
      for (int i = 0; i < 2; i++) {
        Map<String, Object> arm = arms.get(i);
        List<Element> cells = rows.get(i).select("td");
        page.shows(cells.get(0), viewer.percent((Number) arm.get("share")));
        page.shows(cells.get(1), viewer.n(arm.get("decided")));
        page.shows(cells.get(2), viewer.n(arm.get("open")));
        page.shows(cells.get(3), viewer.n(arm.get("users")));
        page.shows(cells.get(4), viewer.n(arm.get("sent")));
        page.shows(cells.get(5), viewer.n(arm.get("ordered")));
        page.shows(cells.get(6), viewer.percent((Number) arm.get("rate")));
        page.shows(cells.get(7), viewer.euros(arm.get("revenue")));
        page.shows(
            cells.get(8),
            i == 0
                ? ""
                : viewer.euros(
                        ((BigDecimal) warm.get("mean")).subtract((BigDecimal) heldOut.get("mean")))
                    + " "
                    + money);
      }
      // The clients that are still needed are held to a simulation by ExperimentsITCase.
      JsonNode result = numbers().get("/api/experiments/" + id);
      JsonNode needed = result.at("/arms/1/moreUsersNeeded");
      String more =
          result.at("/arms/1/verdict").asText().equals("NOT_ENOUGH_DATA")
              ? viewer.n(needed.longValue())
              : "";
      page.shows(".forest-note", 14, viewer.percent(0.25));
      page.shows(".forest-value", viewer.points(difference), interval, more);
      page.given(".axis-labels", "the ends of an axis");
      List<Element> words = page.all(".experiment-words > p");
      page.shows(
          words.get(0),
          viewer.n(warm.get("ordered")),
          viewer.n(warm.get("users")),
          14,
          viewer.percent((Number) warm.get("rate")),
          viewer.n(heldOut.get("ordered")),
          viewer.n(heldOut.get("users")),
          viewer.percent((Number) heldOut.get("rate")),
          interval.isEmpty() ? "" : viewer.points(difference) + " " + interval);
      if (id.equals("second")) {
        Double perDay =
            numbers()
                .sql(
                    """
                    select count(*) filter (where at > now() - interval '28 days')
                      / least(28, extract(epoch from now() - min(at)) / 86400)
                    from (
                      select min(decided_at) as at from engagement.outreach_decisions
                      where experiment_id = 'second' and decision <> 'SKIP' group by user_id) firsts
                    """);
        page.shows(words.get(1), viewer.n(perDay, 1));
      }
      double all = number(warm, "decided") + number(heldOut, "decided");
      double chi =
          Math.pow(number(heldOut, "decided") - all / 4, 2) / (all / 4)
              + Math.pow(number(warm, "decided") - all * 3 / 4, 2) / (all * 3 / 4);
      double p = numbers().sql("select erfc(sqrt(" + chi / 2 + "))");
      page.shows("[aria-labelledby=table-title] .sub", p < 0.001 ? "" : viewer.n(p, 3));
      if (p < 0.001) {
        page.shows(".notice", viewer.n(p, 6));
      }
      page.shows("[aria-labelledby=all-title] .sub", 3);
      for (Element row : page.all("#experiments tbody tr")) {
        String name = row.selectFirst("a").text();
        page.shows(row.select("td").get(1), viewer.percent(name.equals("default") ? 0.1 : 0.25));
        // The same as on its own page.
        JsonNode other = numbers().get("/api/experiments/" + name).at("/arms/1");
        page.shows(
            row.select("td").get(2),
            other.get("verdict").asText().equals("NOT_ENOUGH_DATA")
                ? viewer.n(other.get("moreUsersNeeded").longValue())
                : "",
            other.get("upliftLow").isNull()
                ? ""
                : viewer.points(other.get("uplift").doubleValue())
                    + " "
                    + viewer.points(other.get("upliftLow").doubleValue())
                    + " "
                    + viewer.points(other.get("upliftHigh").doubleValue()));
      }
      page.showsNothingElse();
    }
  }

  private static double number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).doubleValue();
  }

  /** Ten clients of an arm ordered, and ten did not. */
  private static boolean isComparable(Map<String, Object> arm) {
    return number(arm, "ordered") >= 10 && number(arm, "users") - number(arm, "ordered") >= 10;
  }

  /** Of a rate; an arm without a success is not taken for certain. */
  private static double variance(Map<String, Object> arm) {
    double rate = (number(arm, "ordered") + 1) / (number(arm, "users") + 2);
    return rate * (1 - rate) / number(arm, "users");
  }

  /** Of the difference of two means: the larger of apart and together. */
  private static double spread(Map<String, Object> one, Map<String, Object> other) {
    double n = number(one, "users");
    double m = number(other, "users");
    double together =
        (number(one, "variance") * (n - 1) + number(other, "variance") * (m - 1)) / (n + m - 2);
    return Math.max(
        number(one, "variance") / n + number(other, "variance") / m, together * (1 / n + 1 / m));
  }

  /** Standard errors to each side of an interval that holds at every look, tuned to 500 users. */
  private static double factor(double users, double alpha) {
    double surprise = -2 * Math.log(alpha);
    double ratio = (surprise + Math.log(1 + surprise)) * users / 500;
    return Math.sqrt((1 + 1 / ratio) * (surprise + Math.log(1 + ratio)));
  }
}
