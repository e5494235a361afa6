package io.rekindle.scoring.contact;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContactRuleTest {

  private static final Instant NOW = Instant.parse("2026-03-31T12:00:00Z");

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#all")
  void shouldAgreeWithTheContactCase(ContactCase example) {
    Obstacle ofPerson = ContactRule.obstacle(example.recipient());
    String obstacle = ofPerson == null ? null : ofPerson.name();
    if (obstacle == null
        && ContactRule.isStale(NOW.minus(example.opened()), example.staleDays(), NOW)) {
      obstacle = "STALE";
    }
    Instant contact = example.contacted() == null ? null : NOW.minus(example.contacted());
    if (obstacle == null && ContactRule.isInCooldown(contact, example.cooldownDays(), NOW)) {
      obstacle = "RECENTLY_CONTACTED";
    }
    if (obstacle == null
        && ContactRule.isControl(example.name(), ContactCase.CONTROL_SALT, example.controlPpm())) {
      obstacle = "CONTROL_GROUP";
    }
    if (obstacle == null
        && ContactRule.isExpired(NOW.minus(example.decided()), example.expiry(), NOW)) {
      obstacle = "EXPIRED";
    }

    assertThat(obstacle).isEqualTo(example.obstacle());
  }

  @Test
  void shouldDrawTheLinesToTheMillisecond() {
    Instant weekAgo = NOW.minus(Duration.ofDays(7));
    Instant justAfter = weekAgo.plusMillis(1);
    Instant justBefore = weekAgo.minusMillis(1);

    assertThat(ContactRule.isStale(weekAgo, 7, NOW)).isFalse();
    assertThat(ContactRule.isStale(justBefore, 7, NOW)).isTrue();
    assertThat(ContactRule.isInCooldown(weekAgo, 7, NOW)).isFalse();
    assertThat(ContactRule.isInCooldown(justAfter, 7, NOW)).isTrue();
    assertThat(ContactRule.isExpired(weekAgo, Duration.ofDays(7), NOW)).isTrue();
    assertThat(ContactRule.isExpired(justAfter, Duration.ofDays(7), NOW)).isFalse();
  }
}
