package io.rekindle.email.sender.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTextTest {

  @ParameterizedTest
  @CsvSource({
    "'Grüße aus Łódź 👩‍👧', 'Grüße aus Łódź 👩‍👧'",
    "'a\r\nBcc: b', 'a Bcc: b'",
    "'a\n\n\tb', 'a b'",
    "'a\u2028b\u2029c\u0085d', 'a b cd'",
    "'a\u0000\u0007\u001b[0mb', 'a[0mb'",
    "'a\u202egpj.exe\u202c', 'agpj.exe'",
    "'\r\n', ''"
  })
  void shouldBeOneHonestLine(String text, String line) {
    assertThat(HeaderText.of(text)).isEqualTo(line);
  }

  @Test
  void shouldBeBounded() {
    assertThat(HeaderText.of("x".repeat(10_000))).hasSize(250);
  }

  @Test
  void shouldHoldNoLineBreakWhateverComes() {
    long seed = new Random().nextLong();
    System.out.println("seed of the texts: " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      random.ints(40, 0, 0x300).forEach(c -> text.append((char) (c < 0x200 ? c : 0x1F00 + c)));

      String line = HeaderText.of(text.toString());

      assertThat(line.codePoints()).noneMatch(Character::isISOControl);
      assertThat(HeaderText.of(line)).isEqualTo(line);
    }
  }
}
