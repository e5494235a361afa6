package io.rekindle.dashboard.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.dashboard.access.TooManyRequestsException;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class SignInLimitsTest {

  private final SignInLimits limits = new SignInLimits();

  @Test
  void shouldCountTheFailuresOfOneNetworkAgainstThatNetworkOnly() {
    assertThat(
            admitted(
                20, i -> limits.takeForUnknownBrowser("Ada@example.org", "2001:db8:0:1::" + i)))
        .isEqualTo(10);

    assertThatThrownBy(() -> limits.takeForUnknownBrowser("ada@EXAMPLE.org", "2001:db8:0:1:9::"))
        .isInstanceOf(TooManyRequestsException.class);
    assertThatCode(() -> limits.takeForUnknownBrowser("ada@example.org", "2001:db8:0:2::"))
        .doesNotThrowAnyException();
    assertThatCode(() -> limits.takeForUnknownBrowser("bea@example.org", "2001:db8:0:1::"))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldCountGuessesFromManyNetworksByAccountAndLetAKnownBrowserIn() {
    assertThat(
            admitted(300, i -> limits.takeForUnknownBrowser("ada@example.org", "10.0." + i + ".1")))
        .isBetween(100, 110);

    assertThatCode(() -> limits.takeForKnownBrowser("ada's")).doesNotThrowAnyException();
    assertThat(admitted(20, i -> limits.takeForKnownBrowser("another one"))).isEqualTo(10);
  }

  @Test
  void shouldCountGuessesOfManyAccountsByNetwork() {
    assertThat(admitted(100, i -> limits.takeForUnknownBrowser(i + "@example.org", "192.0.2.1")))
        .isEqualTo(60);
  }

  /** How many of the attempts were let through. */
  private static int admitted(int attempts, IntConsumer attempt) {
    int admitted = 0;
    for (int i = 0; i < attempts; i++) {
      try {
        attempt.accept(i);
        admitted++;
      } catch (TooManyRequestsException e) {
        assertThat(e.seconds()).isPositive();
      }
    }
    return admitted;
  }
}
