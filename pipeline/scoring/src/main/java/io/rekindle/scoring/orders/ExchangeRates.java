package io.rekindle.scoring.orders;

import io.rekindle.platform.text.CurrencyCodes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/** Converts amounts to a policy's base currency, rounding half even to its hundredths. */
public final class ExchangeRates {

  /** The result for a currency without a rate. No conversion of an amount above zero gives it. */
  public static final long NO_RATE = -1;

  /** Every amount at face value, for a shop with one currency. */
  public static final ExchangeRates FACE_VALUE = new ExchangeRates(CurrencyCodes.BASE, Map.of());

  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private final int base;
  private final int[] currencies;
  private final BigDecimal[] rates;
  private final long[] numerators;
  private final long[] denominators;

  /**
   * Creates rates towards a base currency.
   *
   * @param base packed code
   * @param rates the value of one unit in units of the base, by currency code; positive, with at
   *     most 9 decimals and 15 digits
   */
  public ExchangeRates(int base, Map<String, BigDecimal> rates) {
    this.base = base;
    this.currencies = rates.keySet().stream().mapToInt(CurrencyCodes::pack).toArray();
    this.rates = rates.values().toArray(BigDecimal[]::new);
    this.numerators = new long[this.rates.length];
    this.denominators = new long[this.rates.length];
    for (int i = 0; i < this.rates.length; i++) {
      BigDecimal rate = this.rates[i].setScale(Math.max(0, this.rates[i].scale()));
      numerators[i] = rate.unscaledValue().longValueExact();
      denominators[i] = BigInteger.TEN.pow(rate.scale()).longValueExact();
    }
  }

  /** Whether no amount is converted. */
  public boolean faceValue() {
    return this == FACE_VALUE;
  }

  /**
   * The amount in the base currency, at most {@link Long#MAX_VALUE}, or {@link #NO_RATE}.
   *
   * @param netMinor hundredths, above zero
   * @param currency packed code
   */
  public long toBase(long netMinor, int currency) {
    if (currency == base || currency == CurrencyCodes.BASE) {
      return netMinor;
    }
    for (int i = 0; i < currencies.length; i++) {
      if (currencies[i] == currency) {
        return convert(netMinor, i);
      }
    }
    return NO_RATE;
  }

  private long convert(long netMinor, int index) {
    long product = netMinor * numerators[index];
    if (Math.multiplyHigh(netMinor, numerators[index]) != 0 || product < 0) {
      BigInteger exact =
          BigDecimal.valueOf(netMinor)
              .multiply(rates[index])
              .setScale(0, RoundingMode.HALF_EVEN)
              .toBigIntegerExact();
      return exact.min(LONG_MAX).longValueExact();
    }
    long denominator = denominators[index];
    long quotient = product / denominator;
    long twiceRemainder = 2 * (product % denominator);
    boolean up =
        twiceRemainder > denominator || (twiceRemainder == denominator && (quotient & 1) == 1);
    return up ? quotient + 1 : quotient;
  }
}
