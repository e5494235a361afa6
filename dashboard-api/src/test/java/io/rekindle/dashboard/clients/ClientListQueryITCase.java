package io.rekindle.dashboard.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientListQuery.Effort;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
  private static final int LISTS = 50;
  private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

  /**
   * Each makes other ways be gone, half of them with walks that end early. So few are there that a
   * sample of them is most often empty.
   */
  private static final List<Effort> EFFORTS =
      List.of(
          Effort.USUAL,
          new Effort(-1, -1, -1, CLIENTS),
          new Effort(-1, -1, -1, 2),
          new Effort(0, -1, -1, CLIENTS),
          new Effort(0, -1, -1, 3),
          new Effort(100, 100, 50, 3));

  private static final List<String> WORDS =
      List.of("oliver", "smith", "ol", "er", "w", "example", "1", "c01", "nobody", "OLIVER", "liv");

  private static final Pattern INDEXED = Pattern.compile("[\\p{L}\\p{N}]{3}");

  private static TestDatabase database;
  private static List<Client> clients;

  /** A client; without a score row if there is no score. */
  private record Client(
      String userId, String email, String name, Instant createdAt, ScoreRow scoreRow) {}

  private record ScoreRow(
      Segment segment,
      Band band,
      boolean atRisk,
      BigDecimal score,
      Instant lastOrderAt,
      int orderCount,
      BigDecimal averageOrderValue,
      Instant atRiskSince) {}

  @BeforeAll
  static void fill() throws Exception {
    database = new TestDatabase();
    Random random = new Random(SEED);
    clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client("c%04d".formatted(i), random));
    }
    try (Handle handle = Jdbi.create(database::connect).open()) {
      PreparedBatch users =
          handle.prepareBatch(
              "insert into shop.users (user_id, email, name, created_at) values (?, ?, ?, ?)");
      clients.forEach(c -> users.add(c.userId(), c.email(), c.name(), c.createdAt()));
      users.execute();
      PreparedBatch scores =
          handle.prepareBatch(
              """
              insert into engagement.user_scores (user_id, segment, band, at_risk, score,
                last_order_at, order_count, average_order_value, at_risk_since, as_of, revision,
                policy_version)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, now(), 1, 'p')
              """);
      clients.stream().filter(c -> c.scoreRow() != null).forEach(c -> add(scores, c));
      // A score may outlive its client by a moment.
      add(scores, new Client("gone", null, null, null, scoreRow(random)));
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
        scoreRow.atRiskSince());
  }

  private static Client client(String userId, Random random) {
    String first = any(List.of("Oliver", "Amelia", "olga", "Zofia"), random);
    String name = first + " " + any(List.of("Smith", "Weber", "Nowak"), random);
    return new Client(
        userId,
        random.nextInt(9) == 0 ? null : first + "." + userId + "@example.org",
        random.nextInt(9) == 0 ? null : name,
        day(random.nextInt(200)),
        random.nextInt(9) == 0 ? null : scoreRow(random));
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
        assertThat(new ClientListQuery(handle, filter).count())
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
        any(Arrays.asList(Sort.values()), random),
        random.nextBoolean());
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
        && (!filter.asksForScores()
            || (client.scoreRow() != null && scored(client.scoreRow(), filter)));
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
            || (last != null && last.isBefore(filter.lastOrderUntil())));
  }
}
