/**
 * Predictions from a shop's own past: a policy with fitted points, and the probability of an order
 * by score. Pure Java: {@link io.rekindle.prediction.PolicyFit} is a function of orders and an
 * instant.
 *
 * <p>The way of a fit: {@code ShopSummary} reads the shop once, {@code BuyerModelFit} fits the
 * teacher, {@code ClientSweep} gives each client's facts at past instants, {@code ExampleCounts}
 * adds them up by {@code TierCell}, {@code BorderWeights} finds the weights, {@code WholePoints}
 * rounds them, {@code LogisticLine} gives the probabilities, {@code Workload} the thresholds, and
 * {@code PolicyDocument} writes the policy.
 */
package io.rekindle.prediction;
