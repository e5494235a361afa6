/**
 * Predictions from a shop's own past: a policy with fitted points, and the probability of an order
 * by score. Pure Java: {@link io.rekindle.prediction.PolicyFit} is a function of orders and an
 * instant.
 *
 * <p>The way of a fit: {@code ShopSummary} reads the shop once, and {@code BuyerModelFit} fits the
 * teacher. Then {@code ClientSweep} gives each client's facts at past instants, and {@code
 * ExampleCounts} adds them up by {@code TierCell}. Next, {@code BorderWeights} finds the weights,
 * and {@code WholePoints} rounds them. At last {@code LogisticLine} gives the probabilities, {@code
 * Workload} the thresholds, and {@code PolicyDocument} writes the policy.
 */
package io.rekindle.prediction;
