package io.rekindle.platform.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DigestTest {

  /** From FIPS 180-2, appendix B.1. */
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void shouldBeSha256() {
    assertThat(HexFormat.of().formatHex(Digest.of("abc"))).isEqualTo(OF_ABC);
  }

  @Test
  void shouldTakePartsAsOne() {
    assertThat(Digest.of("a".getBytes(UTF_8), "bc".getBytes(UTF_8))).isEqualTo(Digest.of("abc"));
  }

  @Test
  void shouldCompareSecrets() {
    assertThat(Digest.sameSecret("token", "token")).isTrue();
    assertThat(Digest.sameSecret("token", "tokem")).isFalse();
    assertThat(Digest.sameSecret("token", "toke")).isFalse();
  }
}
