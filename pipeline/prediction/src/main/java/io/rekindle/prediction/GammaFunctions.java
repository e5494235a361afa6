package io.rekindle.prediction;

/**
 * The logarithm of the gamma function of a number above zero, and its first two derivatives:
 * recurrence up to 20, and Stirling's series from there. The error is about 1e-13 of the value.
 *
 * @param logGamma ln&Gamma;(x)
 * @param digamma the first derivative
 * @param trigamma the second derivative
 */
record GammaFunctions(double logGamma, double digamma, double trigamma) {

  private static final double SERIES_FROM = 20;
  private static final double HALF_LOG_TWO_PI = StrictMath.log(2 * StrictMath.PI) / 2;

  static GammaFunctions of(double number) {
    double x = number;
    double logs = 0;
    double inverses = 0;
    double squares = 0;
    while (x < SERIES_FROM) {
      logs += StrictMath.log(x);
      inverses += 1 / x;
      squares += 1 / (x * x);
      x++;
    }
    double log = StrictMath.log(x);
    double inverse = 1 / x;
    double square = inverse * inverse;
    return new GammaFunctions(
        (x - 0.5) * log
            - x
            + HALF_LOG_TWO_PI
            + inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
            - logs,
        log
            - inverse / 2
            - square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square / 240)))
            - inverses,
        inverse
            + square / 2
            + inverse * square * (1.0 / 6 - square * (1.0 / 30 - square * (1.0 / 42 - square / 30)))
            + squares);
  }
}
