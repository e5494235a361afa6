package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Page;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.numbers.Numbers;
import io.rekindle.dashboard.numbers.Standing;
import io.rekindle.dashboard.users.UserFilter;
import io.rekindle.dashboard.users.UserProfile;
import io.rekindle.dashboard.users.UserRecords;
import io.rekindle.dashboard.users.UsersArea;
import io.rekindle.scoring.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** The addresses of the pages about clients. */
public final class ClientPages implements Area {

  private static final int PAGE_SIZE = 50;
  private static final int EVENTS = 100;
  private static final int ORDERS = 25;

  private final Frame frame;
  private final UsersArea users;
  private final Numbers numbers;
  private final Jdbi jdbi;
  private final boolean overrides;

  /**
   * @param overrides whether scores may be set by hand
   */
  public ClientPages(Frame frame, UsersArea users, Numbers numbers, Jdbi jdbi, boolean overrides) {
    this.frame = frame;
    this.users = users;
    this.numbers = numbers;
    this.jdbi = jdbi;
    this.overrides = overrides;
  }

  @Override
  public void register(Router router) {
    router.get("/clients", VIEWER, this::clients);
    router.get("/clients/{userId}", VIEWER, this::client);
    router.get("/at-risk", VIEWER, this::atRisk);
  }

  private void clients(Context ctx) {
    Query query = Query.of(ctx);
    UserFilter filter = UserFilter.read(query);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("page", users.users(filter, cursor, PAGE_SIZE, true));
    parameters.put("filter", filter);
    parameters.put("address", Address.of(ctx));
    parameters.put("currency", numbers.standing().currency());
    frame.answer(ctx, "clients", parameters);
  }

  private void atRisk(Context ctx) {
    Query query = Query.of(ctx);
    UserFilter asked = UserFilter.read(query);
    String cursor = query.cursor();
    query.check();
    Address address = Address.of(ctx);
    UserFilter filter =
        new UserFilter(
            asked.search(),
            asked.segment(),
            asked.band(),
            true,
            asked.scoreMin(),
            asked.scoreMax(),
            asked.lastOrderFrom(),
            asked.lastOrderUntil(),
            address.has("sort") ? asked.sort() : UserFilter.Sort.AT_RISK_SINCE,
            asked.descending());
    UsersArea.Users page = users.users(filter, cursor, PAGE_SIZE, true);
    Instant now = Instant.now();
    List<AtRiskRow> rows =
        jdbi.withHandle(
            handle -> {
              Map<String, BigDecimal> most = most(ActivePolicy.read(handle));
              Duration cooldown = Contacts.cooldown(handle);
              Map<String, Contacts.Contact> contacts =
                  Contacts.of(handle, page.items().stream().map(UserProfile::userId).toList());
              return page.items().stream()
                  .map(
                      client ->
                          AtRiskRow.of(client, contacts.get(client.userId()), cooldown, most, now))
                  .toList();
            });
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("page", page);
    parameters.put("rows", rows);
    parameters.put("filter", filter);
    parameters.put("address", address);
    parameters.put("currency", numbers.standing().currency());
    frame.answer(ctx, "at-risk", parameters);
  }

  /** The most points that each factor of a policy can give, as far as it has tiers. */
  private static Map<String, BigDecimal> most(ScoringPolicy policy) {
    JsonNode document = Json.column(policy.json());
    Map<String, BigDecimal> most = new HashMap<>();
    for (String factor : new String[] {"recency", "rhythm", "frequency", "value"}) {
      for (JsonNode tier : document.path(factor).path("tiers")) {
        most.merge(
            factor.toUpperCase(Locale.ROOT),
            tier.path("points").decimalValue(),
            (a, b) -> a.max(b));
      }
    }
    return most;
  }

  private void client(Context ctx) throws Exception {
    String userId = Query.pathId(ctx, "userId");
    Query.of(ctx).check();
    View v = frame.view(ctx);
    UserProfile client = users.user(userId);
    Page<UserRecords.Event> events = users.timeline(userId, null, EVENTS);
    Standing standing = numbers.standing();
    Instant now = Instant.now();
    Map<String, Object> parameters = new HashMap<>();
    jdbi.useHandle(
        handle -> {
          ScoringPolicy policy = ActivePolicy.read(handle);
          Outlook outlook =
              Outlook.of(handle.getConnection(), policy, userId, now, client.lastContactAt());
          parameters.put("outlook", outlook);
          parameters.put("contact", Contacts.of(handle, List.of(userId)).get(userId));
          parameters.put("score", waterfall(client, outlook, policy, standing.currency(), v));
          parameters.put("policy", policy);
        });
    parameters.put("v", v);
    parameters.put("client", client);
    parameters.put("items", events.items().stream().map(e -> TimelineItem.of(e, v)).toList());
    parameters.put("moreEvents", events.nextCursor() != null);
    parameters.put("orders", users.orders(userId, null, ORDERS));
    parameters.put("shape", shape(client, standing, events.items(), v));
    parameters.put("currency", standing.currency());
    parameters.put("overrides", overrides);
    frame.answer(ctx, "client", parameters);
  }

  /** Null if there is no score. */
  private static Waterfall waterfall(
      UserProfile client, Outlook outlook, ScoringPolicy policy, String currency, View v) {
    UserProfile.Breakdown points = client.breakdown();
    if (points == null || client.computedScore() == null) {
      return null;
    }
    // What the points are for is only known of the policy that is active.
    boolean known =
        policy.version().equals(client.policyVersion()) && client.lastOrderDate() != null;
    Double gaps = outlook.gaps();
    return new Waterfall.Builder()
        .part(
            "RECENCY",
            points.recency(),
            known ? v.t("why.RECENCY", v.daysSince(client.lastOrderDate())) : null)
        .part(
            "RHYTHM",
            points.rhythm(),
            known && gaps != null
                ? v.t("why.RHYTHM", v.n(gaps, 1), v.spanMillis(outlook.score().usualGap()))
                : null)
        .part(
            "FREQUENCY",
            points.frequency(),
            known ? v.t("why.FREQUENCY", outlook.score().orderDays()) : null)
        .part(
            "VALUE",
            points.value(),
            known ? v.t("why.VALUE", v.money(outlook.spend(), currency)) : null)
        .part("CONTACT", points.contact(), null)
        .score(
            client.computedScore(),
            Boolean.TRUE.equals(client.overridden()) ? client.engagementScore() : null,
            policy.atRiskBelow());
  }

  /** What the score's line is drawn with: thresholds, and marks of what happened. */
  private static Map<String, Object> shape(
      UserProfile client, Standing standing, List<UserRecords.Event> events, View v) {
    Standing.Thresholds policy = standing.policy();
    List<Map<String, Object>> marks = new ArrayList<>();
    for (UserRecords.Event event : events) {
      String kind =
          switch (event.kind()) {
            case "ORDER" -> "ORDER";
            case "EMAIL_SENT" -> "EMAIL";
            case "OVERRIDE" -> "OVERRIDE";
            default -> null;
          };
      if (kind != null) {
        TimelineItem item = TimelineItem.of(event, v);
        Map<String, Object> mark = new LinkedHashMap<>();
        mark.put("at", event.at());
        mark.put("kind", kind);
        mark.put("label", item.text());
        mark.put("detail", item.more());
        marks.add(mark);
      }
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("atRiskBelow", policy.atRiskBelow());
    shape.put(
        "bands",
        List.of(
            Map.of("from", policy.healthyFrom(), "name", v.name("band", "HEALTHY")),
            Map.of("from", policy.coolingFrom(), "name", v.name("band", "COOLING")),
            Map.of("from", policy.lowFrom(), "name", v.name("band", "LOW"))));
    shape.put("now", client.asOf());
    shape.put("marks", marks);
    return shape;
  }
}
