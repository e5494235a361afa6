package io.rekindle.prediction;

/** The logistic function, the same bits on every machine. */
final class Sigmoid {

  private Sigmoid() {}

  /** 1 / (1 + e<sup>&minus;x</sup>). */
  static double of(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /** ln(1 + e<sup>x</sup>). */
  static double softplus(double x) {
    return x > 0 ? x + StrictMath.log1p(StrictMath.exp(-x)) : StrictMath.log1p(StrictMath.exp(x));
  }
}
