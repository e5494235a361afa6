package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.mail.SmtpReply;
import io.rekindle.email.sender.outbox.Refusals.Decision;
import io.rekindle.email.sender.outbox.Refusals.Fate;
import io.rekindle.email.sender.outbox.Refusals.Refused;
import io.rekindle.email.sender.outbox.Refusals.Rest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsTest {

  private static final String GONE = "550 5.1.1 user unknown";
  private static final String SPAM = "550 5.7.1 looks like spam";

  private final Refusals refusals = new Refusals();

  @Test
  void shouldBelieveARefusalOnceTheDomainTakesAnother() {
    assertThat(refuse("e1", "a", GONE)).isEqualTo(new Decision(Fate.UNCONFIRMED, Rest.NONE));
    assertThat(refusals.accepted("b")).isEmpty();

    assertThat(refusals.accepted("a")).extracting(Refused::emailId).containsExactly("e1");
    assertThat(refusals.accepted("a")).isEmpty();
  }

  @Test
  void shouldBelieveTheOnlyRefusalTheSecondTime() {
    refuse("e1", "a", GONE);

    assertThat(refuse("e1", "a", GONE).fate()).isEqualTo(Fate.FAIL);
  }

  @Test
  void shouldNotBelieveTheSecondTimeThatOfSeveralInARow() {
    refuse("e1", "a", GONE);
    refuse("e2", "b", GONE);

    assertThat(refuse("e1", "a", GONE).fate()).isEqualTo(Fate.UNCONFIRMED);
  }

  @Test
  void shouldBelieveTheSecondTimeIfOthersWereTakenInBetween() {
    refuse("e1", "a", GONE);
    refuse("e2", "a", GONE);
    refusals.accepted("b");

    assertThat(refuse("e1", "a", GONE).fate()).isEqualTo(Fate.FAIL);
    assertThat(refuse("e2", "a", GONE).fate()).isEqualTo(Fate.FAIL);
  }

  /** A provider that blocks the sender with the words of a closed mailbox takes none of its own. */
  @Test
  void shouldNotBelieveADomainThatRefusesAllWhileOthersTakeThem() {
    for (int n = 0; n < 3; n++) {
      refuse("e" + n, "blocks", GONE);
      refusals.accepted("takes");
    }
    for (int n = 0; n < 3; n++) {
      assertThat(refuse("e" + n, "blocks", GONE))
          .isEqualTo(new Decision(Fate.UNCONFIRMED, Rest.DOMAIN));
      refusals.accepted("takes");
    }
  }

  @Test
  void shouldRestADomainAfterThreeInARowAndAllAfterFive() {
    assertThat(refuse("e1", "a", GONE).rest()).isEqualTo(Rest.NONE);
    assertThat(refuse("e2", "a", GONE).rest()).isEqualTo(Rest.NONE);
    assertThat(refuse("e3", "a", GONE).rest()).isEqualTo(Rest.DOMAIN);
    assertThat(refuse("e4", "b", GONE).rest()).isEqualTo(Rest.NONE);
    assertThat(refuse("e5", "b", GONE).rest()).isEqualTo(Rest.ALL);
    assertThat(refusals.resting()).contains(GONE);

    refusals.accepted("b");
    assertThat(refuse("e6", "b", GONE).rest()).isEqualTo(Rest.NONE);
    assertThat(refusals.resting()).isEmpty();
  }

  @Test
  void shouldRestTheDomainThatRefusesTheSenderAndAllWhenTwoDo() {
    String blocked = "550 5.7.1 blocked by a block list";

    assertThat(refuse("e1", "a", blocked)).isEqualTo(new Decision(Fate.KEEP, Rest.DOMAIN));
    assertThat(refuse("e2", "b", blocked)).isEqualTo(new Decision(Fate.KEEP, Rest.ALL));
    refusals.accepted("c");
    assertThat(refuse("e3", "a", blocked)).isEqualTo(new Decision(Fate.KEEP, Rest.DOMAIN));
  }

  @Test
  void shouldRestAllForTheAccountAndWhatTheServerSaysBeforeItKnowsTheRecipient() {
    assertThat(refuse("e1", "a", "454 Throttling failure: Daily message quota exceeded"))
        .isEqualTo(new Decision(Fate.KEEP, Rest.ALL));
    assertThat(refusals.refused(refused("e1", "a", "MAIL", "550 no")))
        .isEqualTo(new Decision(Fate.KEEP, Rest.ALL));
    assertThat(refusals.refused(refused("e1", "a", "MAIL", "451 later")))
        .isEqualTo(new Decision(Fate.RETRY, Rest.NONE));
    refusals.refused(refused("e2", "a", "MAIL", "451 later"));
    assertThat(refusals.refused(refused("e3", "a", "MAIL", "451 later")))
        .isEqualTo(new Decision(Fate.RETRY, Rest.AWAY));
  }

  @Test
  void shouldNotHoldADomainForOneEmailThatItRefusesInTheSendersName() {
    String blocked = "550 5.7.1 blocked by a block list";
    assertThat(refuse("e1", "a", blocked)).isEqualTo(new Decision(Fate.KEEP, Rest.DOMAIN));
    assertThat(refusals.accepted("a")).isEmpty();

    assertThat(refuse("e1", "a", blocked)).isEqualTo(new Decision(Fate.FAIL, Rest.NONE));
    assertThat(refuse("e1", "a", blocked)).isEqualTo(new Decision(Fate.KEEP, Rest.DOMAIN));
  }

  @Test
  void shouldNotHoldAllForOneEmailThatIsRefusedInTheAccountsName() {
    String quota = "454 Throttling failure: Daily message quota exceeded";
    refuse("e1", "a", quota);
    refusals.accepted("b");

    assertThat(refuse("e1", "a", quota)).isEqualTo(new Decision(Fate.RETRY, Rest.NONE));
    assertThat(refuse("e2", "a", quota)).isEqualTo(new Decision(Fate.KEEP, Rest.ALL));
  }

  @Test
  void shouldNeedBothForTheContentOthersTakenAndASecondRefusal() {
    refuse("e1", "a", SPAM);
    assertThat(refuse("e1", "a", SPAM).fate()).isEqualTo(Fate.UNCONFIRMED);
    assertThat(refusals.accepted("a")).isEmpty();

    assertThat(refuse("e1", "a", SPAM).fate()).isEqualTo(Fate.FAIL);
  }

  @Test
  void shouldTryDeferredEmailsAgain() {
    assertThat(refuse("e1", "a", "450 4.2.0 greylisted"))
        .isEqualTo(new Decision(Fate.RETRY, Rest.NONE));
    assertThat(refuse("e1", "a", "450 4.2.0 greylisted").fate()).isEqualTo(Fate.RETRY);
  }

  /**
   * Whatever order and domains: without an acceptance, at most one email fails, alone in its row.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldBelieveNothingWithoutAnAcceptance(long seed) {
    Random random = new Random(seed);
    refuse("first", "d0", GONE);
    refuse("second", "d1", GONE);
    for (int n = 0; n < 1_000; n++) {
      int email = random.nextInt(20);
      assertThat(refuse("e" + email, "d" + email % 7, GONE).fate())
          .as("seed %s", seed)
          .isEqualTo(Fate.UNCONFIRMED);
    }
  }

  private Decision refuse(String emailId, String domain, String reply) {
    return refusals.refused(refused(emailId, domain, "RCPT", reply));
  }

  private static Refused refused(String emailId, String domain, String command, String reply) {
    return new Refused(
        emailId,
        "user",
        "ada@" + domain,
        domain,
        new SmtpReply(command, Integer.parseInt(reply.substring(0, 3)), reply));
  }
}
