package io.rekindle.bench;

import io.rekindle.local.server.StackInfo.Account;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** The requests of analysts: lists by every filter and order, searches, clients, and statistics. */
final class DashboardViews {

  private static final List<String> FIRST_NAMES = List.of("oliver", "amelia", "lukas", "zofia");
  private static final List<String> LAST_NAMES = List.of("smith", "weber", "nowak", "nguyen");
  private static final List<String> SORTS =
      List.of(
          "score",
          "lastOrderDate",
          "orderCount",
          "averageOrderValue",
          "atRiskSince",
          "name",
          "createdAt");
  private static final List<String> SEGMENTS = List.of("LOYAL", "AT_RISK", "LOST", "NEW");
  private static final List<String> BANDS = List.of("HEALTHY", "COOLING", "LOW", "LAPSED");

  /** Between two days that are over. */
  private static final String MOVEMENT =
      "/api/movement?from=%s&to=%s".formatted(daysAgo(29), daysAgo(1));

  /** The statistics that read everybody. They are counted in the background, and then kept. */
  static final List<String> COUNTED_AT_FIRST =
      List.of("/api/overview", "/api/order-months", MOVEMENT);

  private DashboardViews() {}

  /** Creates viewers of a dashboard over a {@link LargeShop} with the given number of users. */
  static Viewers of(String url, Account account, int users)
      throws IOException, InterruptedException {
    Viewers viewers = Viewers.signIn(url, account);
    viewers.addRequest("clients", random -> "/api/users");
    for (String sort : SORTS) {
      viewers.addRequest(
          "clients by " + sort,
          random -> "/api/users?sort=" + sort + "&order=" + any(List.of("asc", "desc"), random));
    }
    viewers
        .addRequest("clients at risk", random -> "/api/users?atRisk=true")
        .addRequest("clients by segment", random -> "/api/users?segment=" + any(SEGMENTS, random))
        .addRequest("clients by band", random -> "/api/users?band=" + any(BANDS, random))
        .addRequest(
            "clients by range of scores",
            random -> {
              int least = random.nextInt(80);
              return "/api/users?scoreMin=" + least + "&scoreMax=" + (least + 20);
            })
        .addRequest("search for a name", random -> "/api/users?search=" + any(FIRST_NAMES, random))
        .addRequest(
            "search for a whole name",
            random ->
                "/api/users?search=" + any(FIRST_NAMES, random) + "%20" + any(LAST_NAMES, random))
        .addRequest("search for an id", random -> "/api/users?search=" + user(users, random))
        .addRequest(
            "search for nobody", random -> "/api/users?search=xyzzy" + random.nextInt(1_000))
        .addRequest("search for two letters", random -> "/api/users?search=sm")
        .addRequest(
            "search for an address", random -> "/api/users?search=" + address(users, random))
        .addRequest(
            "search within a segment",
            random ->
                "/api/users?search="
                    + any(FIRST_NAMES, random)
                    + "&segment="
                    + any(SEGMENTS, random)
                    + "&sort="
                    + any(SORTS, random))
        .addRequest(
            "clients by two filters",
            random ->
                "/api/users?segment="
                    + any(SEGMENTS, random)
                    + "&atRisk="
                    + random.nextBoolean()
                    + "&sort="
                    + any(SORTS, random))
        .addRequest(
            "clients without an order lately",
            random ->
                "/api/users?lastOrderUntil="
                    + Instant.now().minus(30 + random.nextInt(300), ChronoUnit.DAYS)
                    + "&sort="
                    + any(SORTS, random));
    viewers.addRequest("client", random -> "/api/users/" + user(users, random));
    for (String part : List.of("history", "timeline", "orders", "emails", "decisions")) {
      viewers.addRequest(
          "client's " + part, random -> "/api/users/" + user(users, random) + "/" + part);
    }
    for (String part : List.of("timeline", "orders")) {
      viewers.addRequest(
          "busiest client's " + part,
          random ->
              "/api/users/"
                  + LargeShop.busiestUserId(random.nextInt(LargeShop.busiestUsers(users)))
                  + "/"
                  + part);
    }
    viewers
        .addRequest("emails", random -> "/api/emails")
        .addRequest("emails that were sent", random -> "/api/emails?status=SENT")
        .addRequest("emails that failed", random -> "/api/emails?status=FAILED")
        .addRequest(
            "emails of a day",
            random ->
                "/api/emails?until=" + Instant.now().minus(random.nextInt(90), ChronoUnit.DAYS))
        .addRequest("search for a word in emails", random -> "/api/emails?search=missed")
        .addRequest(
            "search for a client's emails", random -> "/api/emails?search=" + user(users, random));
    for (String numbers :
        List.of(
            "overview",
            "segments",
            "distribution",
            "trend",
            "risk-transitions",
            "funnel",
            "experiments/default",
            "deliverability",
            "decisions",
            "control-group",
            "rfm",
            "order-months",
            "pipeline")) {
      viewers.addRequest(numbers, random -> "/api/" + numbers);
    }
    viewers
        .addRequest("movement", random -> MOVEMENT)
        .addRequest("page: overview", random -> "/")
        .addRequest("page: clients", random -> "/clients?segment=" + any(SEGMENTS, random))
        .addRequest("page: clients found", random -> "/clients?search=" + any(FIRST_NAMES, random))
        .addRequest("page: client", random -> "/clients/" + user(users, random))
        .addRequest("page: at risk", random -> "/at-risk")
        .addRequest(
            "page: new at risk by stake, who may be emailed",
            random -> "/at-risk?newlyAtRiskDays=7&contactable=true")
        .addRequest(
            "clients by what is looked up",
            random ->
                "/api/users?count=true&language=en&lastEmail=NEVER&sort=" + any(SORTS, random))
        .addRequest(
            "clients who became at risk", random -> "/api/users?count=true&becameAtRiskDays=30")
        .addRequest("clients who left the risk", random -> "/api/users?count=true&leftRiskDays=30")
        .addRequest(
            "clients of a cell of the grid",
            random -> "/api/users?count=true&orderCountMin=2&orderCountMax=2&lastOrderDaysMax=29")
        .addRequest("clients of a past day", random -> "/api/users?on=" + day(random))
        .addRequest(
            "clients at risk on a past day", random -> "/api/users?atRisk=true&on=" + day(random))
        .addRequest("page: segments", random -> "/segments")
        .addRequest("page: emails", random -> "/emails")
        .addRequest("page: experiments", random -> "/experiments");
    return viewers;
  }

  /** A UTC day of the last four weeks that is over. */
  private static LocalDate day(Random random) {
    return daysAgo(1 + random.nextInt(28));
  }

  private static LocalDate daysAgo(int days) {
    return LocalDate.now(ZoneOffset.UTC).minusDays(days);
  }

  private static String user(int users, Random random) {
    return LargeShop.userId(random.nextInt(users));
  }

  /** Returns the beginning of an address. Its number may belong to another client. */
  private static String address(int users, Random random) {
    return any(FIRST_NAMES, random)
        + "."
        + any(LAST_NAMES, random)
        + "."
        + random.nextInt(users)
        + "@";
  }

  private static String any(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
