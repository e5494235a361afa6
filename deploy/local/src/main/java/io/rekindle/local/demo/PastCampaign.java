package io.rekindle.local.demo;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.Variant;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.compose.TemplateEmailWriter;
import io.rekindle.job.outreach.Candidate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.Decisions;
import io.rekindle.local.demo.DemoShop.Contact;
import io.rekindle.local.demo.DemoShop.Suppression;
import io.rekindle.local.importing.OrderRow;
import io.rekindle.local.importing.UserRow;
import io.rekindle.local.server.DemoIdentity;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.contact.Recipient;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.PastScore;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Two years of emails to clients at risk, before the first start of the demo shop. The
 * reconstruction finds the risks, and the job's own rules decide about each. Some of the emailed
 * clients come back who would not have done so, which gives the experiment a verdict. For one
 * thread.
 */
final class PastCampaign {

  /** The name tells that its data is made up. */
  static final String EXPERIMENT = "demo-winback";

  static final OutreachRules RULES =
      new OutreachRules(
          true,
          30,
          14,
          1_000,
          CapOrder.FIRST_DECIDED,
          EXPERIMENT,
          500_000,
          List.of(new OutreachVariant("warm", 1_000_000, "winback-v1", "warm and personal", null)),
          0,
          OutreachRules.DEFAULTS.controlSalt());

  private static final Duration BEGAN_BEFORE = Duration.ofDays(700);

  /** Longer than the cooldown and the staleness, so that the job decides as without a past. */
  private static final Duration ENDED_BEFORE = Duration.ofDays(32);

  /** Out of a hundred emailed clients, these come back because of the email. */
  private static final int WON_BACK_PERCENT = 12;

  private static final int MAX_DAYS_TO_RETURN = 12;
  private static final Duration SENT_AFTER = Duration.ofMinutes(4);

  private final ScoringPolicy policy = ScoringPolicy.byDefault();
  private final Reconstruction reconstruction = new Reconstruction(policy);
  private final Scorer scorer = new Scorer(policy);
  private final PastOrders pastOrders = new PastOrders();
  private final TemplateEmailWriter template =
      new TemplateEmailWriter(
          new LayoutSettings(
              DemoIdentity.SHOP_NAME,
              DemoIdentity.SHOP_URL,
              DemoIdentity.POSTAL_ADDRESS,
              id -> DemoIdentity.SHOP_URL + "/unsubscribe"));
  private final Instant end;

  /** A stretch of risk in the reconstructed past. */
  private record Risk(long at, Instant closedAt, String closeReason) {}

  /**
   * Creates the campaign of a shop.
   *
   * @param end the end of the shop's history
   */
  PastCampaign(Instant end) {
    this.end = end;
  }

  Instant beganAt() {
    return end.minus(BEGAN_BEFORE);
  }

  Instant endedAt() {
    return end.minus(ENDED_BEFORE);
  }

  /**
   * Decides about the risks of a client. A risk that begins again, since the last order was
   * cancelled, is the same episode.
   *
   * @param orders the client's orders, ascending; those that an email brings are added
   * @param contact the email of another system, if there is one
   * @param suppression the suppression, if there is one
   */
  List<PastEpisode> run(
      DemoClient client,
      List<OrderRow> orders,
      Optional<Contact> contact,
      Optional<Suppression> suppression,
      Random random) {
    Map<String, PastEpisode> episodes = new LinkedHashMap<>();
    long after = beganAt().toEpochMilli();
    long lastContact = Score.NEVER;
    Risk risk = firstRisk(client.row(), orders, after);
    while (risk != null) {
      Instant at = Instant.ofEpochMilli(risk.at());
      Decision decision =
          decide(
              client.row(),
              orders,
              risk.at(),
              contact
                  .map(Contact::sentAt)
                  .filter(at::isAfter)
                  .map(Instant::toEpochMilli)
                  .orElse(lastContact),
              suppression.filter(one -> at.isAfter(one.createdAt())));
      PastEpisode first = episodes.get(decision.episodeId());
      PastEpisode episode =
          first == null
              ? episode(decision, risk)
              : first.until(risk.closedAt(), risk.closeReason());
      if (first == null && episode.email() != null) {
        lastContact = episode.sentAt().toEpochMilli();
        if (random.nextInt(100) < WON_BACK_PERCENT) {
          orders.add(returning(client, episode.sentAt(), random));
          orders.sort(Comparator.comparing(OrderRow::placedAt));
          // The same risk, which the order may have ended sooner.
          episode = episode(decision, firstRisk(client.row(), orders, after));
        }
      }
      episodes.put(decision.episodeId(), episode);
      after = risk.at() + 1;
      risk = firstRisk(client.row(), orders, after);
    }
    return episodes.values().stream()
        .filter(one -> one.closedAt() != null || isOpenAtTheEnd(orders, one.decision().openedAt()))
        .toList();
  }

  private PastEpisode episode(Decision decision, Risk risk) {
    if (decision.kind() != Decision.Kind.EMAIL) {
      return new PastEpisode(decision, risk.closedAt(), risk.closeReason(), null, null);
    }
    OutreachVariant variant = decision.variant();
    Email email =
        template.compose(
            new EmailRequest(
                decision.episodeId(),
                decision.facts(),
                new Variant(variant.name(), variant.prompt(), variant.tone(), variant.offer())));
    Instant sentAt = Instant.ofEpochMilli(decision.decidedAt()).plus(SENT_AFTER);
    return new PastEpisode(decision, risk.closedAt(), risk.closeReason(), email, sentAt);
  }

  /** The job begins with an episode only for a client who is at risk since then. */
  private boolean isOpenAtTheEnd(List<OrderRow> orders, long openedAt) {
    long now = end.toEpochMilli();
    Score score = scorer.score(known(orders, now), now, Score.NEVER);
    return score.atRisk() && score.atRiskSince() == openedAt;
  }

  private Decision decide(
      UserRow user,
      List<OrderRow> orders,
      long at,
      long lastContact,
      Optional<Suppression> suppression) {
    Score score = scorer.score(known(orders, at), at, Score.NEVER);
    BigDecimal average =
        BigDecimal.valueOf(score.spendMinor(), 2)
            .divide(BigDecimal.valueOf(Math.max(1, score.orderCount())), 2, RoundingMode.HALF_EVEN);
    EmailFacts facts =
        new EmailFacts(
            user.userId(),
            user.name(),
            Instant.ofEpochMilli(score.lastOrderAt()),
            score.orderCount(),
            average,
            user.preferredCategories(),
            user.locale(),
            user.timeZone());
    Recipient recipient =
        new Recipient(
            user.marketingConsent(),
            user.email(),
            suppression.isPresent(),
            suppression.map(Suppression::address).orElse(null));
    return Decisions.decide(
        new Candidate(
            recipient,
            suppression.map(Suppression::reason).orElse(null),
            lastContact,
            score,
            false,
            policy.version(),
            null,
            facts),
        score.atRiskSince(),
        at,
        RULES);
  }

  /** The first risk that begins in the campaign and not before an instant; null without one. */
  private Risk firstRisk(UserRow user, List<OrderRow> orders, long after) {
    pastOrders.clear();
    for (OrderRow order : orders) {
      pastOrders.add(
          order.orderId(),
          order.placedAt().toEpochMilli(),
          minor(order.amount()),
          minor(order.refundedAmount()),
          CurrencyCodes.pack(order.currency()),
          order.status().equals("CANCELLED"),
          order.cancelledAt() == null ? PastOrders.NEVER : order.cancelledAt().toEpochMilli(),
          order.refundedAt() == null ? PastOrders.NEVER : order.refundedAt().toEpochMilli());
    }
    RiskFinder finder = new RiskFinder(after);
    reconstruction.run(
        pastOrders, user.createdAt().toEpochMilli(), Long.MIN_VALUE, end.toEpochMilli(), finder);
    return finder.first();
  }

  /** Follows the episodes of a client, as the job does. */
  private final class RiskFinder implements Reconstruction.Receiver {

    private final long after;
    private boolean open;
    private long openedAt;
    private Risk found;

    RiskFinder(long after) {
      this.after = after;
    }

    @Override
    public void row(PastScore row) {
      if (!open && row.atRisk()) {
        open = true;
        openedAt = row.asOf();
      } else if (open && policy.recovered(row.atRisk(), row.scored(), row.score())) {
        open = false;
        take(Instant.ofEpochMilli(row.asOf()), row.scored() ? "RECOVERED" : "NO_ORDERS");
      }
    }

    private void take(Instant closedAt, String reason) {
      if (found == null && openedAt >= after && openedAt < endedAt().toEpochMilli()) {
        found = new Risk(openedAt, closedAt, reason);
      }
    }

    Risk first() {
      if (open) {
        take(null, null);
      }
      return found;
    }
  }

  /** The orders that the shop had at an instant. */
  private static OrderTable known(List<OrderRow> orders, long at) {
    OrderTable table = new OrderTable();
    for (OrderRow order : orders) {
      if (order.placedAt().toEpochMilli() <= at) {
        boolean cancelled = order.cancelledAt() != null && order.cancelledAt().toEpochMilli() <= at;
        boolean refunded = order.refundedAt() != null && order.refundedAt().toEpochMilli() <= at;
        long net = minor(order.amount()) - (refunded ? minor(order.refundedAmount()) : 0);
        table.add(order.placedAt().toEpochMilli(), cancelled ? 0 : net, CurrencyCodes.BASE);
      }
    }
    return table;
  }

  private OrderRow returning(DemoClient client, Instant sentAt, Random random) {
    Instant placedAt =
        sentAt.plusMillis((long) (random.nextDouble() * MAX_DAYS_TO_RETURN * 86_400_000));
    return new OrderRow(
        "",
        client.row().userId(),
        placedAt,
        DemoShop.amount(client.usualBasket(), random),
        BigDecimal.ZERO.setScale(2),
        "EUR",
        "PLACED",
        DemoShop.category(client.row().preferredCategories(), random),
        null,
        null);
  }

  private static long minor(BigDecimal amount) {
    return amount.movePointRight(2).longValueExact();
  }
}
