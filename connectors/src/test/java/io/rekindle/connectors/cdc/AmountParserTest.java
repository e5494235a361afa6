package io.rekindle.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountParserTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.00, 0",
    "59.90, 5990",
    "59.9, 5990",
    "59, 5900",
    "59.9000, 5990",
    "-0.01, -1",
    "000000000000000000059.90, 5990",
    "999999999999.99, 99999999999999"
  })
  void readsHundredths(String text, long expected) {
    assertThat(parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", ".", ".5", "5.", "+5", "1e3", "1,50", "NaN", " 1", "1 ", "--1", "1.2.3"})
  void refusesWhatIsNoPlainNumber(String text) {
    assertThat(parse(text)).isEqualTo(AmountParser.INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1000000000000", "0.001", "123456789012345678901234567890", "-1000000000000.00"})
  void tellsWhatTheColumnCannotHold(String text) {
    assertThat(parse(text)).isEqualTo(AmountParser.OUT_OF_RANGE);
  }

  @Test
  void agreesWithBigDecimal() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200_000; i++) {
      long hundredths = random.nextLong(1L << random.nextInt(1, 46));
      String text = BigDecimal.valueOf(hundredths, 2).toPlainString();
      assertThat(parse(text)).as("%s, seed %d", text, seed).isEqualTo(hundredths);
    }
  }

  private static long parse(String text) {
    char[] buffer = ("7." + text + "77").toCharArray();
    return AmountParser.parse(buffer, 2, text.length());
  }
}
