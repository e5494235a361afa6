package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every number of the page of segments, and the lists behind them, over a random shop with a
 * reconstructed past, against SQL of the test's own.
 */
@Timeout(180)
class SegmentNumbersITCase {

  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

  /** All rows of both histories. The first observed day is in the observed one alone. */
  private static final String HISTORY =
      """
      (select user_id, as_of, segment, at_risk, previous_at_risk, score, cause
       from engagement.score_history
       union all
       select user_id, as_of, segment, at_risk, previous_at_risk, score, cause
       from engagement.reconstructed_history
       where as_of < (select date_trunc('day', until_at, 'UTC') from engagement.reconstruction)) history
      """;

  private static TestDatabase database;
  private static Numbers numbers;

  @BeforeAll
  static void makeAShop() throws Exception {
    database = RandomShop.create();
    long seed = new Random().nextLong();
    System.out.println("Seed of the past and the orders: " + seed);
    database.execute(
        """
        select setseed(%s);
        update shop.orders set refunded_amount = case when random() < 0.5 then amount else round(amount / 3, 2) end
        where random() < 0.2;
        update engagement.user_scores set order_count = 1 + (random() * random() * 14)::int,
          average_order_value = round((random() * 90)::numeric, 2),
          last_order_at = now() - random() * random() * interval '500 days';
        update engagement.user_scores set order_count = 0, last_order_at = null, average_order_value = null
        where random() < 0.05;
        -- A client is observed from the first start on.
        insert into engagement.score_history
          (user_id, as_of, revision, score, band, segment, at_risk, cause, policy_version)
        select user_id, since, 0, 50, 'LOW', 'LOYAL', false, 'SNAPSHOT', 'cadence-v1'
        from shop.users u, (select min(as_of) as since from engagement.score_history) h
        where not exists (
          select from engagement.score_history s
          where s.user_id = u.user_id and s.as_of < h.since + interval '2 hours');
        insert into engagement.reconstruction
          (policy_version, document, from_at, until_at, at_risk, scored, score_sum, finished_at)
        select 'cadence-v1', $document$%s$document$, now() - interval '300 days',
               min(as_of) - interval '1 minute', 0, 0, 0, now() from engagement.score_history;
        insert into engagement.reconstructed_history
          (user_id, as_of, score, band, segment, at_risk, previous_at_risk, cause, policy_version)
        select user_id, at, round((random() * 100)::numeric, 1), 'LOW', segment, at_risk,
               lag(at_risk) over (partition by user_id order by at), 'TIME', 'cadence-v1'
        from (
          select u.user_id, r.until_at - random() * interval '95 days' as at, random() < 0.4 as at_risk,
                 (array['LOST', 'CANT_LOSE', 'AT_RISK', 'LOYAL', 'NEW'])[1 + floor(random() * 5)::int] as segment
          from shop.users u, engagement.reconstruction r, generate_series(1, 3)
          where u.user_id not like '%%7') drawn;
        """
            .formatted(new Random(seed).nextDouble(), ScoringPolicy.builtIn("cadence-v1").json()));
    numbers = new Numbers(database);
  }

  @AfterAll
  static void stop() throws Exception {
    numbers.close();
    database.close();
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).isNull() ? null : node.get(field).textValue();
  }

  /** Each client of the shop with the segment at the end of a day, null before the first. */
  private static String segmentsAtTheEndOf(LocalDate day) {
    return """
        (select u.user_id, h.segment, h.at_risk, h.score
         from shop.users u left join (
           select *, row_number() over (partition by user_id order by as_of desc) as place
           from %s where as_of < timestamptz '%sT00:00:00Z') h
         on h.user_id = u.user_id and h.place = 1)
        """
        .formatted(HISTORY, day.plusDays(1));
  }

  @Test
  void shouldCountSegments() throws Exception {
    JsonNode segments = numbers.get("/api/segments").get("segments");
    assertThat(segments).isNotEmpty();
    for (JsonNode row : segments) {
      String of = " from engagement.user_scores where segment = '" + text(row, "segment") + "'";
      assertThat(row.get("clients").doubleValue()).isEqualTo(numbers.sql("select count(*)" + of));
      assertThat(row.get("atRisk").doubleValue())
          .isEqualTo(numbers.sql("select count(*)" + of + " and at_risk"));
      assertThat(row.get("spend").doubleValue())
          .isCloseTo(
              numbers.sql("select coalesce(sum(order_count * average_order_value), 0)" + of),
              within(0.011));
      Double average = numbers.sql("select avg(score)" + of);
      if (average == null) {
        assertThat(row.get("averageScore").isNull()).isTrue();
      } else {
        assertThat(row.get("averageScore").doubleValue()).isCloseTo(average, within(0.051));
      }
      assertThat(row.get("share").doubleValue())
          .isCloseTo(
              row.get("clients").doubleValue()
                  / numbers.sql("select count(*) from engagement.user_scores"),
              within(1e-9));
    }
  }

  @Test
  void shouldCountEveryCellOfTheGridAndOpenItsList() throws Exception {
    double clients = 0;
    JsonNode cells = numbers.get("/api/rfm").at("/rfm/cells");
    assertThat(cells).hasSize(36);
    for (JsonNode cell : cells) {
      String of =
          """
           from (select *, (now() at time zone 'UTC')::date - (last_order_at at time zone 'UTC')::date as days
                 from engagement.user_scores where last_order_at is not null) s
           where days >= %s and days <= %s and order_count >= %s and order_count <= %s
          """
              .formatted(
                  cell.at("/recency/from"),
                  cell.at("/recency/to").asInt(100_000),
                  cell.at("/frequency/from"),
                  cell.at("/frequency/to").asInt(100_000));
      String place = cell.toString();
      Double expected = numbers.sql("select count(*)" + of);
      assertThat(cell.get("clients").doubleValue()).as(place).isEqualTo(expected);
      assertThat(cell.get("atRisk").doubleValue())
          .as(place)
          .isEqualTo(numbers.sql("select count(*)" + of + " and at_risk"));
      assertThat(cell.get("spend").doubleValue())
          .as(place)
          .isCloseTo(
              numbers.sql("select coalesce(sum(order_count * average_order_value), 0)" + of),
              within(0.011));
      if (expected == 0) {
        assertThat(cell.get("atRiskShare").isNull()).isTrue();
      } else {
        assertThat(cell.get("atRiskShare").doubleValue())
            .isCloseTo(cell.get("atRisk").doubleValue() / expected, within(1e-9));
      }
      assertThat((double) numbers.rows(list(cell))).as(place).isEqualTo(expected);
      clients += expected;
    }
    assertThat(clients)
        .isEqualTo(
            numbers.sql("select count(*) from engagement.user_scores where order_count > 0"));
  }

  /** The list that the page opens behind a cell. */
  private static String list(JsonNode cell) {
    return new RfmGrid.Cell(level(cell, "recency"), level(cell, "frequency"), 0, 0, null, null)
            .link()
            .replace("/clients?", "/api/users?")
        + "&format=csv";
  }

  private static RfmGrid.Level level(JsonNode cell, String name) {
    JsonNode level = cell.get(name);
    return new RfmGrid.Level(
        level.get("from").intValue(), level.get("to").isNull() ? null : level.get("to").intValue());
  }

  @ParameterizedTest
  @CsvSource({"7, 1", "90, 1", "240, 1", "270, 230"})
  void shouldCountEveryFlowAndOpenItsList(int fromBack, int toBack) throws Exception {
    LocalDate from = today.minusDays(fromBack);
    LocalDate to = today.minusDays(toBack);
    JsonNode movement = numbers.get("/api/movement?from=" + from + "&to=" + to);
    assertThat(movement.get("fromReconstructed").booleanValue()).isEqualTo(fromBack > 201);
    assertThat(movement.get("toReconstructed").booleanValue()).isEqualTo(toBack > 201);
    String both =
        "select count(*) from %s f join %s t using (user_id) where "
            .formatted(segmentsAtTheEndOf(from), segmentsAtTheEndOf(to));
    double clients = 0;
    double stayed = 0;
    for (JsonNode flow : movement.get("transfers")) {
      String before = text(flow, "from");
      String after = text(flow, "to");
      double expected =
          numbers.sql(
              both
                  + "f.segment is not distinct from "
                  + (before == null ? "null" : "'" + before + "'")
                  + " and t.segment is not distinct from "
                  + (after == null ? "null" : "'" + after + "'"));
      assertThat(flow.get("clients").doubleValue()).as(flow.toString()).isEqualTo(expected);
      clients += expected;
      stayed += after != null && after.equals(before) ? expected : 0;
      String link =
          new Movement(from, to, false, false, 0, 0, List.of())
              .link(new Movement.Flow(before, after, 0));
      assertThat((double) numbers.rows(link.replace("/clients?", "/api/users?") + "&format=csv"))
          .as(link)
          .isEqualTo(expected);
    }
    assertThat(movement.get("clients").doubleValue())
        .isEqualTo(clients)
        .isEqualTo(numbers.sql(both + "f.segment is not null or t.segment is not null"));
    assertThat(movement.get("stayed").doubleValue()).isEqualTo(stayed);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 45, 150, 240})
  void shouldListWhoWasInWhichStateAtTheEndOfADay(int back) throws Exception {
    LocalDate day = today.minusDays(back);
    String list = "/api/users?on=" + day;
    String states = "select count(*) from " + segmentsAtTheEndOf(day) + " s where ";
    String[][] filters = {
      {"", "segment is not null"},
      {"&atRisk=true", "at_risk"},
      {"&winnable=true", "at_risk and segment not in ('LOST', 'HIBERNATING')"},
      {"&segment=LOYAL&atRisk=false", "segment = 'LOYAL' and not at_risk"},
      {"&scoreMin=20&scoreMax=60.5", "score between 20 and 60.5"},
      {"&band=LOW&search=u1", "segment is not null and user_id like 'u1%'"},
      {"&policyVersion=other", "false"}
    };
    for (String[] filter : filters) {
      double expected = numbers.sql(states + filter[1]);
      assertThat((double) numbers.rows(list + filter[0] + "&format=csv"))
          .as(list + filter[0])
          .isEqualTo(expected);
      JsonNode page = numbers.get(list + filter[0] + "&count=true&limit=200");
      assertThat(page.get("total").doubleValue()).as(list + filter[0]).isEqualTo(expected);
      assertThat(page.get("totalIsMore").booleanValue()).isFalse();
      double items = 0;
      for (;
          ;
          page = numbers.get(list + filter[0] + "&limit=37&cursor=" + text(page, "nextCursor"))) {
        for (JsonNode item : page.get("items")) {
          assertThat(item.get("reconstructed").booleanValue()).isEqualTo(back > 201);
          items++;
        }
        if (page.get("nextCursor").isNull()) {
          break;
        }
      }
      assertThat(items).as(list + filter[0]).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90, 365})
  void shouldOpenTheListOfThoseWhoBecameAtRiskAndOfThoseWhoLeft(int days) throws Exception {
    for (Kpi.Id id : new Kpi.Id[] {Kpi.Id.ENTERED, Kpi.Id.LEFT}) {
      String change =
          id == Kpi.Id.ENTERED
              ? "at_risk and not previous_at_risk"
              : "not at_risk and previous_at_risk";
      String events =
          " from %s where as_of >= %s and cause <> 'BACKFILL' and %s"
              .formatted(HISTORY, Numbers.day(days - 1), change);
      String link = Kpi.link(id, days, null).replace("/clients?", "/api/users?");
      double listed = numbers.rows(link + "&format=csv");
      assertThat(listed).as(link).isEqualTo(numbers.sql("select count(distinct user_id)" + events));
      if (days <= 90) {
        // The overview counts events: a client who did so twice is in the list once.
        double counted = numbers.kpi(days, id.name()).get("value").doubleValue();
        assertThat(counted).isEqualTo(numbers.sql("select count(*)" + events));
        assertThat(listed).isPositive().isLessThanOrEqualTo(counted);
      }
    }
  }

  private static final String ORDERS =
      "(select *, date_trunc('month', placed_at at time zone 'UTC')::date as month,"
          + " (placed_at at time zone 'UTC')::date as day, round((amount - refunded_amount)"
          + " * case currency when 'EUR' then 1 when 'USD' then 0.9 end, 2) as net"
          + " from shop.orders where status = 'PLACED' and amount > refunded_amount)";

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90, 365})
  void shouldCountNewAndReturningClientsAndWhoOrderedAgain(int days) throws Exception {
    JsonNode months = numbers.get("/api/order-months?days=" + days).get("months");
    assertThat((double) months.size())
        .isEqualTo(
            numbers.sql(
                "select count(*) from generate_series((select min(month) from "
                    + ORDERS
                    + " o)::timestamp, now() at time zone 'UTC', interval '1 month')"));
    double orders = 0;
    for (JsonNode month : months) {
      String first = text(month, "month");
      String earlier =
          "exists (select from %s e where e.user_id = o.user_id and e.month < o.month)"
              .formatted(ORDERS);
      String placed = " from %s o where month = '%s' and ".formatted(ORDERS, first);
      for (String who : new String[] {"newClients", "returningClients"}) {
        String of = placed + (who.equals("newClients") ? "not " : "") + earlier;
        JsonNode counted = month.get(who);
        String place = first + " " + who;
        assertThat(counted.get("clients").doubleValue())
            .as(place)
            .isEqualTo(numbers.sql("select count(distinct user_id)" + of));
        assertThat(counted.get("orders").doubleValue())
            .as(place)
            .isEqualTo(numbers.sql("select count(*)" + of));
        assertThat(counted.get("revenue").doubleValue())
            .as(place)
            .isCloseTo(numbers.sql("select coalesce(sum(net), 0)" + of), within(0.011));
        orders += counted.get("orders").doubleValue();
      }
      boolean over = LocalDate.parse(first).plusMonths(1).compareTo(today) <= 0;
      assertThat(month.get("complete").booleanValue()).isEqualTo(over);

      String hours = "interval '" + days * 24 + " hours'";
      String ripe =
          """
           from (select user_id, min(placed_at) as at, min(day) as day from %s x group by 1) f
           where date_trunc('month', at at time zone 'UTC')::date = '%s' and at <= now() - %s
          """
              .formatted(ORDERS, first, hours);
      String again =
          " and exists (select from %s a where a.user_id = f.user_id and a.day > f.day and a.placed_at <= f.at + %s)"
              .formatted(ORDERS, hours);
      JsonNode repeat = month.at("/repeats/0");
      assertThat(month.get("repeats")).hasSize(1);
      assertThat(repeat.get("days").intValue()).isEqualTo(days);
      double clients = numbers.sql("select count(*)" + ripe);
      double repeated = numbers.sql("select count(*)" + ripe + again);
      assertThat(repeat.get("clients").doubleValue()).as(first).isEqualTo(clients);
      assertThat(repeat.get("repeated").doubleValue())
          .as(first)
          .isEqualTo(repeated)
          .isLessThanOrEqualTo(clients);
      String end = LocalDate.parse(first).plusMonths(1).toString();
      String from = "firstOrderFrom=%sT00:00:00Z&firstOrderTo=%sT00:00:00Z".formatted(first, end);
      assertListed(from, month.at("/newClients/clients"));
      assertListed(
          "orderedFrom=%1$sT00:00:00Z&orderedTo=%2$sT00:00:00Z&firstOrderTo=%1$sT00:00:00Z"
              .formatted(first, end),
          month.at("/returningClients/clients"));
      assertListed(from + "&tenureMin=" + days, repeat.get("clients"));
      assertListed(
          from + "&tenureMin=" + days + "&repeatedWithinDays=" + days, repeat.get("repeated"));
      if (clients == 0) {
        assertThat(repeat.get("share").isNull()).isTrue();
      } else {
        assertThat(repeat.get("share").doubleValue()).isCloseTo(repeated / clients, within(1e-9));
      }
      if (repeat.get("complete").booleanValue()) {
        assertThat(clients).isEqualTo(month.at("/newClients/clients").doubleValue());
      }
    }
    assertThat(orders).isEqualTo(numbers.sql("select count(*) from " + ORDERS + " o"));
  }

  /** The list that the number opens has as many clients. */
  private static void assertListed(String filter, JsonNode number) throws Exception {
    JsonNode list = numbers.get("/api/users?count=true&limit=1&" + filter);
    assertThat(list.get("total").longValue()).as(filter).isEqualTo(number.longValue());
    assertThat(list.get("totalIsMore").booleanValue()).as(filter).isFalse();
  }
}
