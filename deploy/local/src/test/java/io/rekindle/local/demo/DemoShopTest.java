package io.rekindle.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.job.outreach.Decision;
import io.rekindle.local.importing.OrderRow;
import io.rekindle.local.importing.UserRow;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DemoShopTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final DemoShop SHOP = DemoShop.endingAt(NOW);

  @Test
  void shouldBeTheSameForTheSameInstant() {
    DemoShop again = DemoShop.endingAt(NOW);

    assertThat(again.users()).isEqualTo(SHOP.users());
    assertThat(again.orders()).isEqualTo(SHOP.orders());
    assertThat(again.contacts()).isEqualTo(SHOP.contacts());
    assertThat(again.suppressions()).isEqualTo(SHOP.suppressions());
    assertThat(again.episodes()).isEqualTo(SHOP.episodes());
  }

  @Test
  void shouldHaveDecidedOnceAboutEachPastRisk() {
    assertThat(SHOP.episodes()).hasSizeBetween(1_000, 6_000);
    assertThat(SHOP.episodes())
        .extracting(episode -> episode.decision().episodeId())
        .doesNotHaveDuplicates();
    assertThat(SHOP.episodes())
        .allMatch(episode -> episode.decidedAt().isBefore(NOW.minus(Duration.ofDays(62))))
        .allMatch(episode -> !episode.openedAt().isAfter(episode.decidedAt()))
        .allMatch(
            episode ->
                (episode.email() != null) == (episode.decision().kind() == Decision.Kind.EMAIL));
    assertThat(SHOP.episodes())
        .extracting(episode -> episode.decision().reason().name())
        .contains("AT_RISK", "NO_CONSENT", "NO_ADDRESS", "RECENTLY_CONTACTED");
  }

  @Test
  void shouldLeaveOpenWhatTheJobOpensAtItsStart() {
    ScoringPolicy policy = ScoringPolicy.byDefault();
    var openedAt =
        SHOP.episodes().stream()
            .filter(episode -> episode.closedAt() == null)
            .collect(
                Collectors.toMap(episode -> episode.decision().userId(), PastEpisode::openedAt));
    assertThat(openedAt).isNotEmpty();
    var orders = SHOP.orders().stream().collect(Collectors.groupingBy(OrderRow::userId));
    openedAt.forEach(
        (user, opened) -> {
          OrderTable table = new OrderTable();
          for (OrderRow order : orders.get(user)) {
            table.add(
                order.placedAt().toEpochMilli(),
                order.status().equals("CANCELLED")
                    ? 0
                    : order
                        .amount()
                        .subtract(order.refundedAmount())
                        .movePointRight(2)
                        .longValueExact(),
                CurrencyCodes.BASE);
          }
          Score score = new Scorer(policy).score(table, NOW.toEpochMilli(), Score.NEVER);
          assertThat(score.atRisk()).as(user).isTrue();
          assertThat(score.atRiskSince()).as(user).isEqualTo(opened.toEpochMilli());
        });
  }

  @Test
  void shouldHaveTwoYearsOfOrdersThatEndNow() {
    assertThat(SHOP.users()).hasSize(DemoShop.USERS);
    assertThat(SHOP.orders()).hasSizeBetween(8_000, 40_000);
    assertThat(SHOP.orders().get(0).placedAt())
        .isBetween(NOW.minus(Duration.ofDays(730)), NOW.minus(Duration.ofDays(725)));
    assertThat(SHOP.orders().get(SHOP.orders().size() - 1).placedAt())
        .isBetween(NOW.minus(Duration.ofDays(1)), NOW);
  }

  @Test
  void shouldHaveRefundsAndCancellations() {
    long cancelled =
        SHOP.orders().stream().filter(order -> order.status().equals("CANCELLED")).count();
    long refunded =
        SHOP.orders().stream()
            .filter(order -> order.refundedAmount().compareTo(BigDecimal.ZERO) > 0)
            .count();

    assertThat(cancelled).isPositive().isLessThan(SHOP.orders().size() / 10);
    assertThat(refunded).isPositive().isLessThan(SHOP.orders().size() / 10);
  }

  @Test
  void shouldNotRefundMoreThanWasPaid() {
    assertThat(SHOP.orders())
        .allMatch(order -> order.refundedAmount().compareTo(order.amount()) <= 0);
  }

  @Test
  void shouldNotOrderBeforeJoining() {
    var joined =
        SHOP.users().stream().collect(Collectors.toMap(UserRow::userId, UserRow::createdAt));

    assertThat(SHOP.orders())
        .allMatch(order -> !order.placedAt().isBefore(joined.get(order.userId())));
  }

  @Test
  void shouldHaveIdsOfTheirOwn() {
    assertThat(SHOP.users()).extracting(UserRow::userId).doesNotHaveDuplicates();
    assertThat(SHOP.orders()).extracting(OrderRow::orderId).doesNotHaveDuplicates();
  }

  @Test
  void shouldWriteToNobodyReal() {
    assertThat(SHOP.users())
        .extracting(UserRow::email)
        .allSatisfy(
            email ->
                assertThat(
                        email == null || email.matches("[a-z.]+\\.[0-9]+@example\\.(com|org|net)"))
                    .as(email)
                    .isTrue());
    assertThat(SHOP.users())
        .extracting(UserRow::email)
        .filteredOn(email -> email != null)
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldNotAllConsentOrBeReachable() {
    assertThat(SHOP.users().stream().filter(UserRow::marketingConsent).count())
        .isBetween(1_200L, 1_600L);
    assertThat(SHOP.users().stream().filter(user -> user.email() == null).count()).isPositive();
  }

  @Test
  void shouldHaveBeenWrittenToWithinAndBeyondAMonth() {
    Instant monthAgo = NOW.minus(Duration.ofDays(30));

    assertThat(SHOP.contacts().stream().filter(contact -> contact.sentAt().isAfter(monthAgo)))
        .hasSizeBetween(100, 300);
    assertThat(SHOP.contacts().stream().filter(contact -> contact.sentAt().isBefore(monthAgo)))
        .hasSizeBetween(100, 300);
  }

  @Test
  void shouldHaveSomeWhoAreNotToBeWrittenTo() {
    assertThat(SHOP.suppressions()).hasSizeBetween(20, 80);
    assertThat(SHOP.suppressions())
        .extracting(DemoShop.Suppression::reason)
        .contains("UNSUBSCRIBED", "BOUNCED", "COMPLAINT");
    assertThat(SHOP.suppressions())
        .allMatch(found -> (found.address() != null) == found.reason().equals("BOUNCED"));
  }

  @Test
  void shouldLiveInSeveralTimeZones() {
    assertThat(SHOP.users()).extracting(UserRow::timeZone).contains("Europe/Paris", "Asia/Kolkata");
  }
}
