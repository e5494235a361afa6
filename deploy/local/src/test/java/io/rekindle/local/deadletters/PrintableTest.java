package io.rekindle.local.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void shouldShowTextAsItIs() {
    assertThat(print("{\"name\":\"Ädä 😀\"}")).isEqualTo("{\"name\":\"Ädä 😀\"}");
  }

  @Test
  void shouldEscapeWhatCommandsATerminalOrTurnsTheText() {
    assertThat(print("\u001b[2J\u0000\n\u202Eabc\u0085"))
        .isEqualTo("\\u{1b}[2J\\u{0}\\u{a}\\u{202e}abc\\u{85}");
  }

  @Test
  void shouldEscapeBytesThatAreNoText() {
    assertThat(Printable.of(new byte[] {'a', (byte) 0xC3, 0x28, 0x1b}, 10))
        .isEqualTo("a\\xc3(\\x1b");
  }

  @Test
  void shouldSayHowMuchIsLeftOut() {
    assertThat(Printable.of("abcdef".getBytes(StandardCharsets.UTF_8), 2))
        .isEqualTo("ab … and 4 bytes");
  }

  @Test
  void shouldTellNullFromEmpty() {
    assertThat(Printable.of(null, 10)).isEqualTo("(null)");
    assertThat(print("")).isEmpty();
  }

  private static String print(String text) {
    return Printable.of(text.getBytes(StandardCharsets.UTF_8), 1_000);
  }
}
