package io.rekindle.scoring.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.text.CurrencyCodes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeRatesTest {

  private static final int EUR = CurrencyCodes.pack("EUR");
  private static final int USD = CurrencyCodes.pack("USD");

  @ParameterizedTest
  @CsvSource({
    "100, 0.92, 92",
    "25, 0.5, 12",
    "27, 0.5, 14",
    "1, 0.5, 0",
    "3, 0.5, 2",
    "1, 0.500000001, 1",
    "9223372036854775807, 1, 9223372036854775807",
    "9223372036854775807, 999999.999999999, 9223372036854775807",
    "9223372036854775807, 0.5, 4611686018427387904"
  })
  void shouldRoundHalfEven(long net, BigDecimal rate, long expected) {
    assertThat(new ExchangeRates(EUR, Map.of("USD", rate)).toBase(net, USD)).isEqualTo(expected);
  }

  @Test
  void shouldAgreeWithBigDecimals() {
    SplittableRandom random = new SplittableRandom(20_250_720);
    for (int i = 0; i < 100_000; i++) {
      BigDecimal rate =
          BigDecimal.valueOf(
              random.nextLong(1, 1L << random.nextInt(1, 50)), random.nextInt(0, 10));
      long net = random.nextLong(1, 1L << random.nextInt(1, 63));
      BigInteger exact =
          BigDecimal.valueOf(net)
              .multiply(rate)
              .setScale(0, RoundingMode.HALF_EVEN)
              .toBigIntegerExact()
              .min(BigInteger.valueOf(Long.MAX_VALUE));
      assertThat(new ExchangeRates(EUR, Map.of("USD", rate)).toBase(net, USD))
          .as("%d at %s", net, rate)
          .isEqualTo(exact.longValueExact());
    }
  }

  @Test
  void shouldLeaveTheBaseAlone() {
    ExchangeRates rates = new ExchangeRates(EUR, Map.of("USD", new BigDecimal("0.92")));
    assertThat(rates.toBase(7, EUR)).isEqualTo(7);
    assertThat(rates.toBase(7, CurrencyCodes.BASE)).isEqualTo(7);
    assertThat(rates.toBase(7, CurrencyCodes.pack("GBP"))).isEqualTo(ExchangeRates.NO_RATE);
  }
}
