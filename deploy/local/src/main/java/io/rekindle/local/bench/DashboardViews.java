package io.rekindle.local.bench;

import io.rekindle.local.demo.LargeShop;
import io.rekindle.local.stack.StackInfo.Account;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** What analysts look at: lists by every filter and order, searches, clients, and all numbers. */
final class DashboardViews {

  private static final List<String> FIRST_NAMES = List.of("oliver", "amelia", "lukas", "zofia");
  private static final List<String> LAST_NAMES = List.of("smith", "weber", "nowak", "nguyen");
  private static final List<String> SEGMENTS = List.of("LOYAL", "AT_RISK", "LOST", "NEW");
  private static final List<String> BANDS = List.of("HEALTHY", "COOLING", "LOW", "LAPSED");

  private DashboardViews() {}

  /** Viewers of a dashboard over a {@link LargeShop} of so many users. */
  static Viewers of(String url, Account account, int users)
      throws IOException, InterruptedException {
    Viewers viewers = Viewers.signIn(url, account);
    viewers.looksAt("clients", random -> "/api/users");
    for (String sort :
        List.of(
            "score",
            "lastOrderDate",
            "orderCount",
            "averageOrderValue",
            "atRiskSince",
            "name",
            "createdAt")) {
      viewers.looksAt(
          "clients by " + sort,
          random -> "/api/users?sort=" + sort + "&order=" + any(List.of("asc", "desc"), random));
    }
    viewers
        .looksAt("clients at risk", random -> "/api/users?atRisk=true")
        .looksAt("clients by segment", random -> "/api/users?segment=" + any(SEGMENTS, random))
        .looksAt("clients by band", random -> "/api/users?band=" + any(BANDS, random))
        .looksAt(
            "clients by range of scores",
            random -> {
              int least = random.nextInt(80);
              return "/api/users?scoreMin=" + least + "&scoreMax=" + (least + 20);
            })
        .looksAt("search for a name", random -> "/api/users?search=" + any(FIRST_NAMES, random))
        .looksAt(
            "search for a whole name",
            random ->
                "/api/users?search=" + any(FIRST_NAMES, random) + "%20" + any(LAST_NAMES, random))
        .looksAt("search for an id", random -> "/api/users?search=" + user(users, random))
        .looksAt("search for nobody", random -> "/api/users?search=xyzzy" + random.nextInt(1_000))
        .looksAt("search for two letters", random -> "/api/users?search=sm");
    viewers.looksAt("client", random -> "/api/users/" + user(users, random));
    for (String part : List.of("history", "timeline", "orders", "emails", "decisions")) {
      viewers.looksAt(
          "client's " + part, random -> "/api/users/" + user(users, random) + "/" + part);
    }
    viewers
        .looksAt("emails", random -> "/api/emails")
        .looksAt("emails that were sent", random -> "/api/emails?status=SENT");
    for (String numbers :
        List.of(
            "overview",
            "segments",
            "distribution",
            "trend",
            "at-risk-flow",
            "funnel",
            "experiments/default",
            "deliverability",
            "decisions",
            "pipeline")) {
      viewers.looksAt(numbers, random -> "/api/" + numbers);
    }
    return viewers;
  }

  private static String user(int users, Random random) {
    return LargeShop.userId(random.nextInt(users));
  }

  private static String any(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
