package io.rekindle.dashboard.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientListQuery.Effort;
import io.rekindle.dashboard.clients.ClientTraits.LastEmail;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists of clients made up by chance, beside what a plain filter and a plain sort give. */
class ClientListQueryITCase {

  private static final long SEED = 2_026;
  private static final int CLIENTS = 500;
  private static final int LISTS = 150;
  private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

  /**
   * Each makes other ways be gone, half of them with walks that end early. So few are there that a
   * sample of them is most often empty.
   */
  private static final List<Effort> EFFORTS =
      List.of(
          Effort.USUAL,
          new Effort(-1, -1, -1, -1, CLIENTS),
          new Effort(-1, -1, -1, -1, 2),
          new Effort(0, -1, -1, CLIENTS, CLIENTS),
          new Effort(0, -1, -1, -1, 3),
          new Effort(100, 100, 50, 100, 3));

  private static final List<String> WORDS =
      List.of("oliver", "smith", "ol", "er", "w", "example", "1", "c01", "nobody", "OLIVER", "liv");

  private static final Pattern INDEXED = Pattern.compile("[\\p{L}\\p{N}]{3}");

  private static final Map<String, String> LANGUAGES =
      Map.of("de-DE", "de", "de-AT", "de", "en", "en", "zh-Hant-TW", "zh", "pt_BR", "pt");
  private static final Map<String, String> COUNTRIES =
      Map.of("de-DE", "DE", "de-AT", "AT", "zh-Hant-TW", "TW", "pt_BR", "BR");

  private static Instant start;
  private static TestDatabase database;
  private static List<Client> clients;

  /** A client; without a score row if there is no score. */
  private record Client(
      String userId,
      String email,
      String name,
      Instant createdAt,
      ScoreRow scoreRow,
      ShopRow shopRow) {}

  /**
   * What the shop and outreach know of a client. Days count back from now.
   *
   * @param suppressed whether the client is suppressed
   * @param orderDaysAgo of each effective order
   * @param emails the status of each, the oldest first; one a day up to today
   * @param decisions the arm of each, the oldest first; null for a SKIP
   */
  private record ShopRow(
      String locale,
      boolean consents,
      boolean suppressed,
      String category,
      List<Integer> orderDaysAgo,
      List<String> emails,
      List<String> decisions) {}

  private record ScoreRow(
      Segment segment,
      Band band,
      boolean atRisk,
      BigDecimal score,
      Instant lastOrderAt,
      int orderCount,
      BigDecimal averageOrderValue,
      BigDecimal valueAtStake,
      Instant atRiskSince) {}

  @BeforeAll
  static void fill() throws Exception {
    database = new TestDatabase();
    start = Instant.now();
    Random random = new Random(SEED);
    clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client("c%04d".formatted(i), random));
    }
    try (Handle handle = Jdbi.create(database::connect).open()) {
      PreparedBatch users =
          handle.prepareBatch(
              "insert into shop.users (user_id, email, name, created_at, locale, marketing_consent)"
                  + " values (?, ?, ?, ?, ?, ?)");
      clients.forEach(
          c ->
              users.add(
                  c.userId(),
                  c.email(),
                  c.name(),
                  c.createdAt(),
                  c.shopRow().locale(),
                  c.shopRow().consents()));
      users.execute();
      addShopRows(handle);
      PreparedBatch scores =
          handle.prepareBatch(
              """
              insert into engagement.user_scores (user_id, segment, band, at_risk, score,
                last_order_at, order_count, average_order_value, value_at_stake, at_risk_since, as_of, revision,
                policy_version)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now(), 1, 'p')
              """);
      clients.stream().filter(c -> c.scoreRow() != null).forEach(c -> add(scores, c));
      // A score may outlive its client by a moment.
      add(scores, new Client("gone", null, null, null, scoreRow(random), null));
      scores.execute();
      handle.execute("vacuum analyze");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static void add(PreparedBatch scores, Client client) {
    ScoreRow scoreRow = client.scoreRow();
    scores.add(
        client.userId(),
        scoreRow.segment().name(),
        scoreRow.band().name(),
        scoreRow.atRisk(),
        scoreRow.score(),
        scoreRow.lastOrderAt(),
        scoreRow.orderCount(),
        scoreRow.averageOrderValue(),
        scoreRow.valueAtStake(),
        scoreRow.atRiskSince());
  }

  private static void addShopRows(Handle handle) {
    // No client is held out by chance.
    handle.execute("update engagement.outreach_settings set holdout_share = 0");
    for (Client client : clients) {
      ShopRow row = client.shopRow();
      String id = client.userId();
      if (row.suppressed()) {
        handle.execute(
            "insert into engagement.suppressions (user_id, reason) values (?, 'MANUAL')", id);
      }
      for (int i = 0; i < row.orderDaysAgo().size(); i++) {
        handle.execute(
            "insert into shop.orders (order_id, user_id, placed_at, amount, category)"
                + " values (?, ?, now() - ? * interval '1 day' - interval '1 hour', 10, ?)",
            id + "-" + i,
            id,
            row.orderDaysAgo().get(i),
            row.category());
      }
      // Neither counts: an older order without amount, and one of another category.
      handle.execute(
          "insert into shop.orders (order_id, user_id, placed_at, amount, category)"
              + " values (?, ?, now() - interval '900 days', 0, 'c9')",
          id + "-none",
          id);
      for (int i = 0; i < row.emails().size(); i++) {
        handle.execute(
            "insert into engagement.emails (email_id, user_id, status, generated_at)"
                + " values (?, ?, ?, now() - ? * interval '1 day' - interval '1 hour')",
            id + "-" + i,
            id,
            row.emails().get(i),
            row.emails().size() - 1 - i);
      }
      for (int i = 0; i < row.decisions().size(); i++) {
        String arm = row.decisions().get(i);
        handle.execute(
            "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
                + " reason, decided_at, experiment_id, arm, policy_version, inputs)"
                + " values (?, ?, ?, ?, ?, now() - ? * interval '1 day', ?, ?, 'p', '{}')",
            id + "-" + i,
            id + "-" + i,
            id,
            decision(arm),
            reason(arm),
            row.decisions().size() - i,
            arm == null ? null : "default",
            arm);
      }
    }
  }

  private static String decision(String arm) {
    return arm == null ? "SKIP" : arm.equals("HOLDOUT") ? "HOLDOUT" : "EMAIL";
  }

  private static String reason(String arm) {
    return arm == null ? "STALE" : "AT_RISK";
  }

  private static Client client(String userId, Random random) {
    String first = any(List.of("Oliver", "Amelia", "olga", "Zofia"), random);
    String name = first + " " + any(List.of("Smith", "Weber", "Nowak"), random);
    return new Client(
        userId,
        random.nextInt(9) == 0 ? null : first + "." + userId + "@example.org",
        random.nextInt(9) == 0 ? null : name,
        day(random.nextInt(200)),
        random.nextInt(9) == 0 ? null : scoreRow(random),
        shopRow(random));
  }

  private static ShopRow shopRow(Random random) {
    return new ShopRow(
        any(List.of("de-DE", "de-AT", "en", "zh-Hant-TW", "pt_BR", "no locale"), random),
        random.nextInt(4) > 0,
        random.nextInt(5) == 0,
        any(List.of("books", "tea"), random),
        random.ints(random.nextInt(4), 0, 400).boxed().toList(),
        some(List.of("READY", "SENT", "LOGGED", "CANCELLED", "FAILED"), random),
        // A list of this kind may hold null.
        Arrays.asList(
            some(List.of("friendly", "HOLDOUT", ""), random).stream()
                .map(arm -> arm.isEmpty() ? null : arm)
                .toArray(String[]::new)));
  }

  private static List<String> some(List<String> choices, Random random) {
    List<String> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(any(choices, random));
    }
    return some;
  }

  private static ScoreRow scoreRow(Random random) {
    // Some facet codes are common, some are rare, most do not occur.
    Segment segment = oftenTheFirst(Arrays.asList(Segment.values()).subList(0, 5), random);
    Band band = oftenTheFirst(Arrays.asList(Band.values()).subList(0, 4), random);
    boolean ordered = segment != Segment.PROSPECT;
    boolean atRisk = random.nextInt(3) == 0;
    return new ScoreRow(
        segment,
        band,
        atRisk,
        ordered ? BigDecimal.valueOf(random.nextInt(101)) : null,
        ordered ? day(random.nextInt(100)) : null,
        random.nextInt(5),
        ordered ? BigDecimal.valueOf(random.nextInt(2_000), 2) : null,
        ordered && random.nextInt(5) > 0 ? BigDecimal.valueOf(random.nextInt(300)) : null,
        atRisk ? day(random.nextInt(30)) : null);
  }

  private static Instant day(int number) {
    return EPOCH.plus(Duration.ofDays(number)).plusNanos(number * 1_000L);
  }

  @Test
  void shouldListWhomAPlainFilterAndSortWouldInEveryWay() {
    Random random = new Random(SEED);
    Set<Integer> sizes = new HashSet<>();
    try (DashboardDatabase pool = new DashboardDatabase(database.url(), "rekindle_api", "");
        Handle handle = pool.jdbi().open()) {
      for (int i = 0; i < LISTS; i++) {
        ClientFilter filter = filter(random);
        List<String> expected = expected(filter);
        sizes.add(expected.size());
        int limit = 10 + random.nextInt(100);
        for (Effort effort : EFFORTS) {
          assertThat(pages(handle, filter, effort, limit))
              .as("seed %d, list %d, %s, %s", SEED, i, effort, filter)
              .isEqualTo(expected);
        }
        // A score that has outlived its client counts for its moment.
        assertThat(new ClientListQuery(handle, filter).count().number())
            .as("number of %s", filter)
            .isBetween(expected.size(), expected.size() + 1);
      }
    }
    assertThat(sizes).contains(0, CLIENTS).hasSizeGreaterThan(20);
  }

  @Test
  void shouldTellStandingsApart() throws Exception {
    int combinations = Segment.values().length * Band.values().length * 2;
    String facetCodes =
        "select count(distinct engagement.facet_code(segment, band, risk)) from unnest(array['%s'])"
            + " segment, unnest(array['%s']) band, unnest('{t,f}'::bool[]) risk";

    assertThat(
            database.value(
                facetCodes.formatted(
                    String.join("','", names(Segment.values())),
                    String.join("','", names(Band.values())))))
        .isEqualTo(Integer.toString(combinations));
  }

  @Test
  void shouldAgreeWithTheDatabaseOnWhoCanBeWonBack() throws Exception {
    for (Segment segment : Segment.values()) {
      assertThat(database.value("select engagement.winnable('%s', true)".formatted(segment)))
          .as(segment.name())
          .isEqualTo(segment.isWinnable() ? "t" : "f");
      assertThat(database.value("select engagement.winnable('%s', false)".formatted(segment)))
          .isEqualTo("f");
    }
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  private static List<String> pages(Handle handle, ClientFilter filter, Effort effort, int limit) {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      ListPage<ClientProfile> page =
          new ClientListQuery(handle, filter, effort).page(cursor, limit);
      page.items().forEach(client -> ids.add(client.userId()));
      cursor = page.nextCursor();
    } while (cursor != null);
    return ids;
  }

  private static ClientFilter filter(Random random) {
    List<String> search = new ArrayList<>();
    for (int words = Math.max(0, random.nextInt(5) - 2); words > 0; words--) {
      search.add(any(WORDS, random));
    }
    int score = random.nextInt(100);
    int order = random.nextInt(100);
    return new ClientFilter(
        search,
        maybe(3, random) ? any(Arrays.asList(Segment.values()).subList(0, 6), random) : null,
        maybe(3, random) ? any(Arrays.asList(Band.values()), random) : null,
        maybe(3, random) ? random.nextBoolean() : null,
        maybe(4, random) ? BigDecimal.valueOf(score) : null,
        maybe(4, random) ? BigDecimal.valueOf(score + random.nextInt(60)) : null,
        maybe(4, random) ? day(order) : null,
        maybe(4, random) ? day(order + random.nextInt(60)) : null,
        maybe(12, random) ? List.of("c0001", "c0002", "c0042", "c0043", "c0044", "none") : null,
        maybe(2, random) ? ClientTraits.NONE : traits(random),
        any(Arrays.asList(Sort.values()), random),
        random.nextBoolean());
  }

  private static ClientTraits traits(Random random) {
    int stake = random.nextInt(200);
    int value = random.nextInt(30);
    int tenure = random.nextInt(300);
    int ordered = random.nextInt(300);
    int orders = random.nextInt(100);
    int fewest = random.nextInt(5);
    LastEmail lastEmail = maybe(6, random) ? any(List.of(LastEmail.values()), random) : null;
    return new ClientTraits(
        maybe(4, random) ? random.nextBoolean() : null,
        maybe(6, random) ? sinceDay(random.nextInt(30)) : null,
        // SegmentNumbersITCase has changes of risk.
        null,
        null,
        maybe(6, random) ? sinceDay(orders + random.nextInt(50)) : null,
        maybe(6, random) ? sinceDay(orders) : null,
        maybe(6, random) ? fewest : null,
        maybe(6, random) ? fewest + random.nextInt(5) : null,
        maybe(6, random) ? BigDecimal.valueOf(stake) : null,
        maybe(6, random) ? BigDecimal.valueOf(stake + random.nextInt(200)) : null,
        maybe(6, random) ? BigDecimal.valueOf(value) : null,
        maybe(6, random) ? BigDecimal.valueOf(value + random.nextInt(40)) : null,
        maybe(5, random) ? random.nextBoolean() : null,
        maybe(6, random) ? any(List.of("DE", "AT", "TW", "BR", "XX"), random) : null,
        maybe(6, random) ? any(List.of("de", "en", "zh", "pt", "no"), random) : null,
        maybe(6, random) ? random.nextBoolean() : null,
        maybe(6, random) ? any(List.of("books", "tea", "c9"), random) : null,
        maybe(6, random) ? tenure : null,
        maybe(6, random) ? tenure + random.nextInt(200) : null,
        maybe(8, random) ? daysAgo(tenure + random.nextInt(100)) : null,
        maybe(8, random) ? daysAgo(tenure) : null,
        maybe(8, random) ? daysAgo(ordered + random.nextInt(100)) : null,
        maybe(8, random) ? daysAgo(ordered) : null,
        maybe(8, random) ? 1 + random.nextInt(300) : null,
        lastEmail,
        lastEmail != LastEmail.NEVER && maybe(6, random) ? random.nextInt(3) : null,
        maybe(6, random) ? any(ClientTraits.DECISIONS, random) : null,
        maybe(6, random) ? any(List.of("friendly", "HOLDOUT"), random) : null,
        maybe(6, random) ? any(List.of("AT_RISK", "STALE"), random) : null);
  }

  /** The beginning of the first of so many last UTC days. */
  private static Instant firstOf(int days) {
    return Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(days - 1L));
  }

  private static Instant daysAgo(int days) {
    return start.minus(Duration.ofDays(days));
  }

  /** The days since the middle of a day before {@link #day}, so that the clock does not matter. */
  private static int sinceDay(int number) {
    return (int) Duration.between(day(number), start).toDays();
  }

  private static boolean maybe(int oneIn, Random random) {
    return random.nextInt(oneIn) == 0;
  }

  private static <T> T any(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static <T> T oftenTheFirst(List<T> choices, Random random) {
    return choices.get((int) (Math.pow(random.nextDouble(), 3) * choices.size()));
  }

  // ------------------------------------------------------------------ the same, plainly

  private static List<String> expected(ClientFilter filter) {
    Comparator<Client> byValue =
        Comparator.comparing(
            (Client client) -> value(client, filter.sort()), ClientListQueryITCase::compare);
    Comparator<Client> order =
        filter.descending()
            ? byValue.thenComparing(Client::userId).reversed()
            : byValue.thenComparing(Client::userId);
    return clients.stream()
        .filter(client -> fits(client, filter))
        .sorted(Comparator.comparingInt((Client c) -> part(c, filter.sort())).thenComparing(order))
        .map(Client::userId)
        .toList();
  }

  private static int part(Client client, Sort sort) {
    boolean ofShop = sort == Sort.NAME || sort == Sort.CREATED_AT;
    if (!ofShop && client.scoreRow() == null) {
      return 2;
    }
    return value(client, sort) == null ? 1 : 0;
  }

  private static Object value(Client client, Sort sort) {
    ScoreRow scoreRow = client.scoreRow();
    return switch (sort) {
      case NAME -> client.name() == null ? null : client.name().toLowerCase(Locale.ROOT);
      case CREATED_AT -> client.createdAt();
      case SCORE -> scoreRow == null ? null : scoreRow.score();
      case LAST_ORDER_DATE -> scoreRow == null ? null : scoreRow.lastOrderAt();
      case ORDER_COUNT -> scoreRow == null ? null : (Integer) scoreRow.orderCount();
      case AVERAGE_ORDER_VALUE -> scoreRow == null ? null : scoreRow.averageOrderValue();
      case VALUE_AT_STAKE -> scoreRow == null ? null : scoreRow.valueAtStake();
      case AT_RISK_SINCE -> scoreRow == null ? null : scoreRow.atRiskSince();
    };
  }

  /** Of one kind; clients without a value are compared among themselves only. */
  @SuppressWarnings("unchecked") // A column has values of one type.
  private static int compare(Object a, Object b) {
    return a == null || b == null ? 0 : ((Comparable<Object>) a).compareTo(b);
  }

  private static boolean fits(Client client, ClientFilter filter) {
    return searched(client, filter.search())
        && (filter.userIds() == null || filter.userIds().contains(client.userId()))
        && hasTraits(client, filter.traits())
        && (!filter.asksForScores()
            || (client.scoreRow() != null && scored(client.scoreRow(), filter)));
  }

  private static boolean hasTraits(Client client, ClientTraits traits) {
    ShopRow row = client.shopRow();
    return (traits.country() == null || traits.country().equals(COUNTRIES.get(row.locale())))
        && (traits.language() == null || traits.language().equals(LANGUAGES.get(row.locale())))
        && (traits.consent() == null || traits.consent() == row.consents())
        && isOrder(row, traits)
        && isRepeated(row, traits)
        && (traits.contactable() == null || traits.contactable() == contactable(client))
        && isFirstOrder(row, traits)
        && isNewestEmail(row, traits)
        && isNewestDecision(row, traits);
  }

  private static boolean contactable(Client client) {
    ShopRow row = client.shopRow();
    List<String> arms = row.decisions().stream().filter(arm -> arm != null).toList();
    boolean heldOut = !arms.isEmpty() && arms.get(arms.size() - 1).equals("HOLDOUT");
    return row.consents() && !row.suppressed() && client.email() != null && !heldOut;
  }

  private static boolean isOrder(ShopRow row, ClientTraits traits) {
    return !traits.askForOrder()
        || ((traits.category() == null || traits.category().equals(row.category()))
            && row.orderDaysAgo().stream()
                .map(days -> daysAgo(days).minus(Duration.ofHours(1)))
                .anyMatch(
                    at ->
                        (traits.orderedFrom() == null || !at.isBefore(traits.orderedFrom()))
                            && (traits.orderedTo() == null || at.isBefore(traits.orderedTo()))));
  }

  private static boolean isRepeated(ShopRow row, ClientTraits traits) {
    if (traits.repeatedWithinDays() == null) {
      return true;
    }
    int first = row.orderDaysAgo().stream().max(Integer::compare).orElse(0);
    return row.orderDaysAgo().stream()
        .anyMatch(days -> days < first && first - days <= traits.repeatedWithinDays());
  }

  private static boolean isFirstOrder(ShopRow row, ClientTraits traits) {
    if (!traits.askForFirstOrder()) {
      return true;
    }
    if (row.orderDaysAgo().isEmpty()) {
      return false;
    }
    Instant first =
        daysAgo(row.orderDaysAgo().stream().max(Integer::compare).orElseThrow())
            .minus(Duration.ofHours(1));
    return (traits.tenureMin() == null || !first.isAfter(daysAgo(traits.tenureMin())))
        && (traits.tenureMax() == null || !first.isBefore(daysAgo(traits.tenureMax())))
        && (traits.firstOrderFrom() == null || !first.isBefore(traits.firstOrderFrom()))
        && (traits.firstOrderTo() == null || first.isBefore(traits.firstOrderTo()));
  }

  private static boolean isNewestEmail(ShopRow row, ClientTraits traits) {
    List<String> emails = row.emails();
    if (traits.lastEmail() == LastEmail.NEVER) {
      return emails.isEmpty();
    }
    if (emails.isEmpty()) {
      return traits.lastEmail() == null && traits.lastEmailDays() == null;
    }
    String status = emails.get(emails.size() - 1);
    // A sent email has its instant from the insert, and each other newest one is an hour old.
    return (traits.lastEmail() == null || traits.lastEmail().status.equals(status))
        && (traits.lastEmailDays() == null || traits.lastEmailDays() > 0);
  }

  private static boolean isNewestDecision(ShopRow row, ClientTraits traits) {
    if (!traits.askForDecision()) {
      return true;
    }
    if (row.decisions().isEmpty()) {
      return false;
    }
    String arm = row.decisions().get(row.decisions().size() - 1);
    return (traits.decision() == null || traits.decision().equals(decision(arm)))
        && (traits.variant() == null || traits.variant().equals(arm))
        && (traits.reason() == null || traits.reason().equals(reason(arm)));
  }

  private static boolean searched(Client client, List<String> words) {
    boolean anywhere = words.stream().anyMatch(word -> INDEXED.matcher(word).find());
    return words.stream()
        .map(word -> word.toLowerCase(Locale.ROOT))
        .allMatch(
            word ->
                anywhere
                    ? (blank(client.name()) + " " + blank(client.email()) + " " + client.userId())
                        .toLowerCase(Locale.ROOT)
                        .contains(word)
                    : List.of(blank(client.name()), blank(client.email()), client.userId()).stream()
                        .anyMatch(text -> text.toLowerCase(Locale.ROOT).startsWith(word)));
  }

  private static String blank(String text) {
    return text == null ? "" : text;
  }

  private static boolean scored(ScoreRow scoreRow, ClientFilter filter) {
    BigDecimal score = scoreRow.score();
    Instant last = scoreRow.lastOrderAt();
    return (filter.segment() == null || filter.segment() == scoreRow.segment())
        && (filter.band() == null || filter.band() == scoreRow.band())
        && (filter.atRisk() == null || filter.atRisk() == scoreRow.atRisk())
        && (filter.scoreMin() == null || (score != null && score.compareTo(filter.scoreMin()) >= 0))
        && (filter.scoreMax() == null || (score != null && score.compareTo(filter.scoreMax()) <= 0))
        && (filter.lastOrderFrom() == null
            || (last != null && !last.isBefore(filter.lastOrderFrom())))
        && (filter.lastOrderUntil() == null
            || (last != null && last.isBefore(filter.lastOrderUntil())))
        && scored(scoreRow, filter.traits());
  }

  private static boolean scored(ScoreRow scoreRow, ClientTraits traits) {
    BigDecimal stake = scoreRow.valueAtStake();
    BigDecimal spend =
        scoreRow.averageOrderValue() == null
            ? null
            : scoreRow.averageOrderValue().multiply(BigDecimal.valueOf(scoreRow.orderCount()));
    BigDecimal orders = BigDecimal.valueOf(scoreRow.orderCount());
    Instant last = scoreRow.lastOrderAt();
    return (traits.winnable() == null
            || traits.winnable() == (scoreRow.atRisk() && scoreRow.segment().isWinnable()))
        && (traits.newlyAtRiskDays() == null
            || (scoreRow.atRiskSince() != null
                && !scoreRow.atRiskSince().isBefore(firstOf(traits.newlyAtRiskDays()))))
        && (traits.lastOrderDaysMin() == null
            || (last != null && last.isBefore(firstOf(traits.lastOrderDaysMin()))))
        && (traits.lastOrderDaysMax() == null
            || (last != null && !last.isBefore(firstOf(traits.lastOrderDaysMax() + 1))))
        && isBetween(decimal(traits.orderCountMin()), orders, decimal(traits.orderCountMax()))
        && isBetween(traits.stakeMin(), stake, traits.stakeMax())
        && isBetween(traits.valueMin(), spend, traits.valueMax());
  }

  private static BigDecimal decimal(Integer number) {
    return number == null ? null : BigDecimal.valueOf(number);
  }

  private static boolean isBetween(BigDecimal least, BigDecimal value, BigDecimal most) {
    return (least == null || (value != null && value.compareTo(least) >= 0))
        && (most == null || (value != null && value.compareTo(most) <= 0));
  }
}
