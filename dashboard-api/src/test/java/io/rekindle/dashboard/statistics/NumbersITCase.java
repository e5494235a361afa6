package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every number of every page over a random shop, against SQL of the test's own. This class has
 * those of the overview. The interfaces have those of the other pages.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NumbersITCase
    implements OverviewPageNumbers,
        SegmentPageNumbers,
        ClientPageNumbers,
        OutreachPageNumbers,
        PipelinePageNumbers {

  private static final Pattern PAGE = Pattern.compile("\\bpage\\(\\s*\"(/[^\"]*)\"");

  private static final Set<String> WITHOUT_NUMBERS = Set.of("/sign-in", "/docs");

  private static TestDatabase database;
  private static Numbers numbers;

  @BeforeAll
  static void makeAShop() throws Exception {
    database = RandomShop.create();
    database.execute(ClientPageNumbers.SCORE);
    numbers = new Numbers(database);
  }

  @Override
  public Numbers numbers() {
    return numbers;
  }

  @AfterAll
  static void stop() throws Exception {
    numbers.close();
    database.close();
  }

  private void assertNumber(JsonNode kpi, String field, Double expected) {
    String name = kpi.get("id").textValue() + " " + field;
    if (expected == null) {
      assertThat(kpi.get(field).isNull()).as(name).isTrue();
    } else {
      assertThat(kpi.get(field).isNull()).as(name).isFalse();
      assertThat(kpi.get(field).doubleValue()).as(name).isCloseTo(expected, within(0.011));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldCountClientsAndTheirValueAtStake(int days) throws Exception {
    String winnable = " at_risk and segment not in ('LOST', 'HIBERNATING')";
    String scores = " from engagement.user_scores where";
    JsonNode fresh = numbers.kpi(days, "WINNABLE");
    String since = " and at_risk_since >= " + Numbers.day(days - 1);
    assertNumber(fresh, "value", numbers.sql("select count(*)" + scores + winnable + since));
    assertNumber(
        fresh, "amount", numbers.sql("select sum(value_at_stake)" + scores + winnable + since));
    assertNumber(fresh, "part", numbers.sql("select count(*)" + scores + winnable));
    assertNumber(fresh, "denominator", numbers.sql("select count(*)" + scores + " at_risk"));
    JsonNode stake = numbers.kpi(days, "AT_STAKE");
    assertNumber(stake, "value", numbers.sql("select sum(value_at_stake)" + scores + winnable));
    assertNumber(
        stake, "denominator", numbers.sql("select sum(value_at_stake)" + scores + " at_risk"));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldCountHowManyBecameAtRiskAndCeasedToBe(int days) throws Exception {
    numbers.awaitObservedDays();
    String history = "select count(*) from engagement.score_history where ";
    String now = " and as_of >= " + Numbers.day(days - 1);
    String before =
        " and as_of >= %s and as_of < now() - interval '%d days'"
            .formatted(Numbers.day(2 * days - 1), days);
    for (String id : new String[] {"ENTERED", "LEFT"}) {
      String change =
          id.equals("ENTERED")
              ? "at_risk and not previous_at_risk"
              : "not at_risk and previous_at_risk";
      JsonNode kpi = numbers.kpi(days, id);
      Double value = numbers.sql(history + change + now);
      assertNumber(kpi, "value", value);
      assertNumber(kpi, "change", value - numbers.sql(history + change + before));
      assertThat(kpi.get("since").isNull()).isTrue();
    }
    assertNumber(
        numbers.kpi(days, "LEFT"),
        "part",
        numbers.sql(
            history
                + "not at_risk and previous_at_risk and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')"
                + now));
    JsonNode drawn = numbers.get("/api/risk-transitions?days=" + days).get("days");
    assertThat(drawn).hasSize(days);
    double entered = 0;
    for (JsonNode day : drawn) {
      entered += day.get("entered").doubleValue();
    }
    assertThat(entered).isEqualTo(numbers.kpi(days, "ENTERED").get("value").doubleValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldCountOwnEmailsApartFromThoseOfOtherSystems(int days) throws Exception {
    String sent = "select count(*) from engagement.emails where status = 'SENT' and generated_by ";
    String now = " and sent_at >= " + Numbers.day(days - 1);
    String before =
        " and sent_at >= %s and sent_at < now() - interval '%d days'"
            .formatted(Numbers.day(2 * days - 1), days);
    JsonNode kpi = numbers.kpi(days, "EMAILS");
    Double value = numbers.sql(sent + "<> 'EXTERNAL'" + now);
    assertNumber(kpi, "value", value);
    assertNumber(kpi, "part", numbers.sql(sent + "= 'EXTERNAL'" + now));
    assertNumber(kpi, "change", value - numbers.sql(sent + "<> 'EXTERNAL'" + before));
    JsonNode sending = numbers.get("/api/deliverability?days=" + days);
    assertThat(sending.get("sent").doubleValue()).isEqualTo(value);
    assertThat(sending.get("written").doubleValue())
        .isEqualTo(
            numbers.sql(
                "select count(*) from engagement.emails where generated_by <> 'EXTERNAL'"
                    + " and generated_at >= "
                    + Numbers.day(days - 1)));
    assertThat(sending.get("waiting").doubleValue())
        .isEqualTo(numbers.sql("select count(*) from engagement.emails where status = 'READY'"));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldOpenTheListBehindANumber(int days) throws Exception {
    LocalDate since =
        LocalDate.parse(numbers.get("/api/overview?days=" + days).get("since").textValue());
    String clients = Kpi.link(Kpi.Id.WINNABLE, days, since).replace("/at-risk?", "/api/users?");
    assertThat((double) numbers.rows(clients + "&format=csv"))
        .as(clients)
        .isEqualTo(numbers.kpi(days, "WINNABLE").get("value").doubleValue());
    String all = Kpi.link(Kpi.Id.AT_STAKE, days, since).replace("/at-risk?", "/api/users?");
    assertThat((double) numbers.rows(all + "&format=csv"))
        .as(all)
        .isEqualTo(numbers.kpi(days, "WINNABLE").get("part").doubleValue());
    String emails = "/api" + Kpi.link(Kpi.Id.EMAILS, days, since) + "&format=csv";
    assertThat((double) numbers.rows(emails))
        .as(emails)
        .isEqualTo(numbers.kpi(days, "EMAILS").get("value").doubleValue());
  }

  @Test
  void shouldCountWhatToDoToday() throws Exception {
    Today.Counts counts = numbers.today();
    String best =
        """
        (select s.user_id, s.value_at_stake, u.marketing_consent, m.status,
                (select max(sent_at) from engagement.emails x
                 where x.user_id = s.user_id and x.status = 'SENT') as sent
         from engagement.user_scores s join shop.users u using (user_id)
         left join engagement.emails m on m.episode_id =
           (select episode_id from engagement.risk_episodes e
            where e.user_id = s.user_id and closed_at is null order by opened_at desc limit 1)
         where s.at_risk and s.segment = 'CANT_LOSE') best
        """;
    assertThat((double) counts.clients()).isEqualTo(numbers.sql("select count(*) from " + best));
    assertThat(counts.stake().doubleValue())
        .isCloseTo(numbers.sql("select sum(value_at_stake) from " + best), within(0.011));
    assertThat((double) counts.emailed())
        .isEqualTo(numbers.sql("select count(*) from " + best + " where status = 'SENT'"));
    assertThat((double) counts.waiting())
        .isEqualTo(numbers.sql("select count(*) from " + best + " where status = 'READY'"));
    assertThat((double) counts.held())
        .isEqualTo(
            numbers.sql(
                """
                select count(*) from engagement.emails e join engagement.deliveries d using (email_id)
                cross join engagement.outreach_settings o
                where status = 'READY' and next_attempt_at > now() and held_under = o.updated_at
                  and (select count(*) from engagement.deliveries where accepted_at is not null)
                    < o.daily_cap
                """));
    assertThat(counts.withoutConsent())
        .isEqualTo(
            numbers.rows("/api/users?atRisk=true&segment=CANT_LOSE&consent=false&format=csv"));
    assertThat(counts.contactable())
        .isLessThanOrEqualTo(
            numbers.rows("/api/users?atRisk=true&segment=CANT_LOSE&contactable=true&format=csv"));
  }

  /** The decisions whose 14 days ended between two instants, with what came of them. */
  private static String ended(String from, String until) {
    return """
    (select d.decision, d.experiment_id, m.status, m.cost_usd,
            (select count(*) from shop.orders o
             where o.user_id = d.user_id and o.status = 'PLACED' and o.amount > o.refunded_amount
               and o.placed_at > d.decided_at
               and o.placed_at <= d.decided_at + interval '336 hours') as orders,
            coalesce((select sum({net}) from shop.orders o
             where o.user_id = d.user_id and o.status = 'PLACED' and o.amount > o.refunded_amount
               and o.placed_at > d.decided_at
               and o.placed_at <= d.decided_at + interval '336 hours'), 0) as revenue
     from engagement.outreach_decisions d
     left join engagement.emails m on m.decision_id = d.decision_id
     where d.decision <> 'SKIP'
       and d.decided_at + interval '336 hours' >= %s
       and d.decided_at + interval '336 hours' < %s) ended
    """
        .formatted(from, until)
        .replace("{net}", Numbers.NET);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldCountWhoCameBackAndWhatTheEmailsWonBack(int days) throws Exception {
    String now = ended(Numbers.day(days - 1), "now()");
    String before = ended(Numbers.day(2 * days - 1), "now() - interval '" + days + " days'");
    JsonNode kpi = numbers.kpi(days, "REACTIVATIONS");
    String back = "select count(*) filter (where orders > 0) from ";
    Double value = numbers.sql(back + now + " where decision = 'EMAIL'");
    assertNumber(kpi, "value", value);
    assertNumber(
        kpi,
        "denominator",
        numbers.sql("select count(*) from " + now + " where decision = 'EMAIL'"));
    assertNumber(kpi, "change", value - numbers.sql(back + before + " where decision = 'EMAIL'"));

    String groups =
        """
        (select experiment_id, count(*) filter (where decision = 'EMAIL') as emails,
                avg(revenue) filter (where decision = 'EMAIL')
                  - avg(revenue) filter (where decision = 'HOLDOUT') as difference,
                var_samp(revenue) filter (where decision = 'EMAIL')
                    / count(*) filter (where decision = 'EMAIL')
                  + var_samp(revenue) filter (where decision = 'HOLDOUT')
                    / count(*) filter (where decision = 'HOLDOUT') as variance,
                count(*) filter (where status = 'SENT') as emailed,
                sum(cost_usd) filter (where decision = 'EMAIL') as models
         from %s group by 1
         having count(*) filter (where decision = 'EMAIL') > 1
            and count(*) filter (where decision = 'HOLDOUT') > 1) groups
        """
            .formatted(now);
    JsonNode wonBack = numbers.kpi(days, "WON_BACK");
    assertNumber(wonBack, "value", numbers.sql("select sum(emails * difference) from " + groups));
    assertNumber(
        wonBack,
        "high",
        numbers.sql(
            "select sum(emails * difference)"
                + " + 1.959963984540054 * sqrt(sum(emails * emails * variance)) from "
                + groups));
    assertNumber(
        wonBack,
        "amount",
        numbers.sql("select sum(emails * difference) / sum(emailed) from " + groups));
    assertNumber(wonBack, "part", numbers.sql("select coalesce(sum(emails), 0) from " + groups));
    JsonNode costs = numbers.get("/api/overview?days=" + days).at("/wonBack/costs");
    assertThat(costs.get("modelsUsd").doubleValue())
        .isCloseTo(numbers.sql("select coalesce(sum(models), 0) from " + groups), within(0.000011));
    assertThat(costs.get("messagesUsd").doubleValue())
        .isCloseTo(
            numbers.sql("select coalesce(0.0004 * sum(emailed), 0) from " + groups),
            within(0.000011));
    assertThat(costs.get("totalUsd").doubleValue())
        .isCloseTo(
            costs.get("modelsUsd").doubleValue() + costs.get("messagesUsd").doubleValue(),
            within(0.000011));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldFollowOnePopulationThroughTheFunnel(int days) throws Exception {
    JsonNode funnel = numbers.get("/api/funnel?days=" + days);
    String episodes =
        """
        (select d.decision, d.reason, m.email_id, m.status,
                (select sum(coalesce({net}, 0)) from shop.orders o
                 where o.user_id = e.user_id and o.status = 'PLACED' and o.amount > o.refunded_amount
                   and o.placed_at > d.decided_at
                   and o.placed_at <= d.decided_at + interval '336 hours') as revenue
         from engagement.risk_episodes e
         left join engagement.outreach_decisions d using (episode_id)
         left join engagement.emails m using (episode_id)
         where e.noticed_at >= %s) episodes
        """
            .formatted(Numbers.day(days - 1))
            .replace("{net}", Numbers.NET);
    String[] conditions = {
      "true",
      "decision is not null",
      "decision = 'EMAIL'",
      "email_id is not null",
      "status = 'SENT'",
      "status = 'SENT' and revenue is not null"
    };
    double previous = Double.MAX_VALUE;
    for (int step = 0; step < conditions.length; step++) {
      JsonNode count = funnel.get("steps").get(step);
      assertThat(count.get("count").doubleValue())
          .as(count.get("step").textValue())
          .isEqualTo(numbers.sql("select count(*) from " + episodes + " where " + conditions[step]))
          .isLessThanOrEqualTo(previous);
      previous = count.get("count").doubleValue();
    }
    assertThat(funnel.get("heldOut").doubleValue())
        .isEqualTo(numbers.sql("select count(*) from " + episodes + " where decision = 'HOLDOUT'"));
    double skipped = 0;
    for (JsonNode skip : funnel.get("skips")) {
      skipped += skip.get("count").doubleValue();
      assertThat(skip.get("count").doubleValue())
          .isEqualTo(
              numbers.sql(
                  "select count(*) from %s where decision = 'SKIP' and reason = '%s'"
                      .formatted(episodes, skip.get("reason").textValue())));
    }
    assertThat(funnel.get("skipped").doubleValue()).isEqualTo(skipped);
    assertThat(funnel.get("revenue").doubleValue())
        .isCloseTo(
            numbers.sql(
                "select coalesce(sum(revenue), 0) from " + episodes + " where status = 'SENT'"),
            within(0.011));
  }

  /** The last test, since it asks what the others have read. */
  @Test
  @Order(Integer.MAX_VALUE)
  void shouldHaveReadEveryPage() throws Exception {
    assumeThat(numbers.pagesRead()).isNotEmpty();
    List<String> unread = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        PAGE.matcher(Files.readString(source))
            .results()
            .map(page -> page.group(1))
            .filter(page -> !WITHOUT_NUMBERS.contains(page))
            .filter(page -> numbers.pagesRead().stream().noneMatch(read -> isAt(page, read)))
            .forEach(unread::add);
      }
    }
    assertThat(unread).as("pages whose numbers no test compares").isEmpty();
  }

  /** Whether a path is that of a page, such as {@code /clients/{userId}}. */
  private static boolean isAt(String page, String path) {
    return path.matches(page.replaceAll("\\{\\w+}", "[^/]+"));
  }
}
