package io.rekindle.platform.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormulaGuardTest {

  private static final String ALPHABET = "ab'\"=+-@,;|\t\r\n \uFF1D9";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "=1+1               # '=1+1",
        "tea;=1+1           # tea;'=1+1",
        "tea; =1+1          # tea; '=1+1",
        "tea|\"=1+1\"       # tea|\"'=1+1\"",
        "\"@SUM(1)          # \"'@SUM(1)",
        "a,-2               # a,'-2",
        "\uFF1D1            # '\uFF1D1",
        "a=1+1              # a=1+1",
        "O'Hara-Smith       # O'Hara-Smith",
        "'t Hooft           # 't Hooft",
        "'=x                # ''=x",
        "'7                 # ''7",
      })
  void shouldGuardEachPlaceWhereACellCouldBegin(String text, String guarded) {
    assertThat(FormulaGuard.add(text)).isEqualTo(guarded);
    assertThat(FormulaGuard.remove(guarded)).isEqualTo(text);
  }

  @Test
  void shouldGuardBehindLineBreaksAndTabs() {
    assertThat(FormulaGuard.add("a\n=1\r=2\t=3")).isEqualTo("a\n'=1\r'=2\t'=3");
  }

  @Test
  void shouldGiveEveryTextBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(8); length > 0; length--) {
        text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
      assertThat(FormulaGuard.remove(FormulaGuard.add(text.toString())))
          .as("seed %d", seed)
          .isEqualTo(text.toString());
    }
  }
}
