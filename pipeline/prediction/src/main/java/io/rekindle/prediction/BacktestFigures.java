package io.rekindle.prediction;

/**
 * How good the probabilities of a policy were at past instants, by what came after. A number is
 * null if the outcomes do not say it, such as the AUC without a return.
 *
 * @param examples clients at all instants
 * @param returns examples with an order in the days after
 * @param auc the chance that of two clients at one instant the one who returned had the higher
 *     score, ties by half
 * @param brier the mean squared difference of probability and outcome; 0 is perfect
 * @param logLoss the mean of &minus;ln of the probability that the outcome had; 0 is perfect
 * @param ece the expected calibration error: the mean difference of probability and rate of returns
 *     over ten equal ranges of probability; 0 is perfect
 * @param slope of the outcomes' log-odds on those predicted; 1 is perfect, less is too bold
 * @param intercept of the same line; 0 is perfect
 */
public record BacktestFigures(
    long examples,
    long returns,
    Double auc,
    Double brier,
    Double logLoss,
    Double ece,
    Double slope,
    Double intercept) {}
