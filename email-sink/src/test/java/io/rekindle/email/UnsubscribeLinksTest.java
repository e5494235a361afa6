package io.rekindle.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsubscribeLinksTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String ID = "8d7c1f0b6a5e49323f2e1d0c9b8a7f6e";

  private final UnsubscribeLinks links = new UnsubscribeLinks("https://shop.example", SECRET);

  @Test
  void shouldMakeTheSameLinkAlways() {
    // By another implementation: printf 'unsubscribe\0%s' ID | openssl dgst -sha256 -hmac SECRET
    assertThat(links.url(ID))
        .isEqualTo("https://shop.example/unsubscribe/" + ID + "/97GBJgtRLv6uaU-bBqCRuQ")
        .isEqualTo(new UnsubscribeLinks("https://shop.example/", SECRET).url(ID));
  }

  @Test
  void shouldKnowItsOwnTokens() {
    String token = tokenIn(links.url(ID));

    assertThat(links.verify(ID, token)).isTrue();
    assertThat(links.verify(ID + "0", token)).isFalse();
    assertThat(links.verify(ID, token.substring(1))).isFalse();
    assertThat(links.verify(ID, token + "=")).isFalse();
    assertThat(links.verify(ID, "")).isFalse();
    assertThat(links.verify(ID, "ünïcödé")).isFalse();
    assertThat(new UnsubscribeLinks("https://shop.example", SECRET + "!").verify(ID, token))
        .isFalse();
  }

  @Test
  void shouldSignWithTheNewSecretAndVerifyByTheOldOnes() {
    String newSecret = "fedcba9876543210fedcba9876543210";
    UnsubscribeLinks rotated =
        new UnsubscribeLinks("https://shop.example", newSecret, List.of(SECRET, newSecret));

    assertThat(rotated.url(ID))
        .isEqualTo(new UnsubscribeLinks("https://shop.example", newSecret).url(ID))
        .isNotEqualTo(links.url(ID));
    assertThat(rotated.verify(ID, tokenIn(rotated.url(ID)))).isTrue();
    assertThat(rotated.verify(ID, tokenIn(links.url(ID)))).isTrue();
    assertThat(rotated.verify(ID + "0", tokenIn(links.url(ID)))).isFalse();
    assertThat(links.verify(ID, tokenIn(rotated.url(ID)))).isFalse();
  }

  @Test
  void shouldKeepWhatOtherSystemsCallAnEmailOutOfThePath() {
    String strange = "a/../b?c#d e\r\nü";

    URI url = URI.create(links.url(strange));

    assertThat(url.getRawPath()).matches("/unsubscribe/[A-Za-z0-9.%*_-]+/[A-Za-z0-9_-]{22}");
    assertThat(url.getPath()).startsWith("/unsubscribe/" + strange + "/");
    assertThat(links.verify(strange, tokenIn(url.toString()))).isTrue();
  }

  @Test
  void shouldKeepThePathOfTheBaseUrl() {
    assertThat(new UnsubscribeLinks("https://shop.example/mail/", SECRET).url(ID))
        .startsWith("https://shop.example/mail/unsubscribe/" + ID + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.example",
        "//shop.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "https://",
        "https://shop.example?a=b",
        "https://shop.example#a",
        "https://user@shop.example",
        "https://shop.example/ a"
      })
  void shouldRefuseWhatIsNoBaseUrl(String url) {
    assertThatThrownBy(() -> new UnsubscribeLinks(url, SECRET))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseAShortSecretWithoutRepeatingIt() {
    assertThatThrownBy(() -> new UnsubscribeLinks("https://shop.example", "hunter2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32")
        .hasMessageNotContaining("hunter2");
  }

  private static String tokenIn(String url) {
    return url.substring(url.lastIndexOf('/') + 1);
  }
}
