package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.outbox.ContentRefusals.About;
import org.junit.jupiter.api.Test;

class ContentRefusalsTest {

  private final ContentRefusals refusals = new ContentRefusals();

  @Test
  void shouldNotKnowAfterTheFirstRefusal() {
    refusals.accepted();
    assertThat(refusals.refused("e1", 1)).isEqualTo(About.UNKNOWN);
  }

  @Test
  void shouldConcernTheEmailIfOthersWereAcceptedBeforeItsSecondRefusal() {
    refusals.refused("e1", 1);
    refusals.accepted();
    assertThat(refusals.refused("e1", 2)).isEqualTo(About.EMAIL);
  }

  @Test
  void shouldConcernTheSenderAfterThreeEmailsInARow() {
    assertThat(refusals.refused("e1", 1)).isEqualTo(About.UNKNOWN);
    assertThat(refusals.refused("e2", 1)).isEqualTo(About.UNKNOWN);
    assertThat(refusals.refused("e3", 1)).isEqualTo(About.SENDER);
    assertThat(refusals.refused("e4", 1)).isEqualTo(About.SENDER);
  }

  @Test
  void shouldCountAnEmailOnceAndBeginAgainAfterAnAcceptedOne() {
    refusals.refused("e1", 1);
    refusals.refused("e2", 1);
    assertThat(refusals.refused("e2", 2)).isEqualTo(About.UNKNOWN);
    refusals.accepted();
    assertThat(refusals.refused("e3", 1)).isEqualTo(About.UNKNOWN);
  }
}
