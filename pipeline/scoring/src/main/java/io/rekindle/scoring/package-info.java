/**
 * The engagement of a user as a number from 0 to 100. It is a pure function of the set of the
 * user's orders, an instant, the last contact and a policy. It uses no clock and no memory, so the
 * arrival of the orders does not matter.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li>Times are epoch milliseconds, days are 86,400,000 of them, amounts are hundredths of the
 *       policy's base currency.
 *   <li>An order is <i>effective</i> if its amount less refunds is above zero and it is not
 *       cancelled. Amounts of other currencies are converted first, rounded half even. An order
 *       with a converted amount of zero is not effective. An order in a currency without a rate
 *       counts as an order without spend. A policy without a currency takes all amounts at face
 *       value.
 *   <li>An <i>order day</i> is a UTC day with an effective order.
 *   <li>An order is <i>in the window</i> at t while t &minus; placed_at &lt; {@code windowDays}.
 *   <li><i>last</i> is the time of the newest effective order, <i>elapsed</i> is max(0, t &minus;
 *       last).
 * </ul>
 *
 * <h2>Score</h2>
 *
 * <p>score(t) = {@code base} + the points of each factor, limited to {@code clamp}. A user without
 * an effective order has no score and is a PROSPECT. A policy can leave out any factor, which is
 * then zero. A tier has its beginning as its threshold. A measure exactly on a threshold is in the
 * tier that begins there, and the last tier has no end.
 *
 * <p>The {@linkplain io.rekindle.scoring.factor.Factor factors} are added in the order of that
 * enum. The class of each defines its section of the policy.
 *
 * <p>Days, gaps and multiples have at most three decimals and are compared in whole numbers; points
 * of tiers are whole, so a score of tiers alone is exact. Linear factors are real numbers, added in
 * the order of the factors, and shown with four decimals, rounded half even.
 *
 * <p>Points must not rise with elapsed time, nor fall with more orders or more spend. Other
 * policies are refused. Without an order, every factor therefore only falls, except at the end of a
 * contact, and a user crosses each threshold once.
 *
 * <h2>Results from the score</h2>
 *
 * <ul>
 *   <li>At risk at t: score(t) &lt; {@code atRisk.scoreBelow}, or the probability of an order at t
 *       is below {@code atRisk.orderProbabilityBelow}, or score(last) &minus; score(t) &ge; {@code
 *       atRisk.dropAtLeast}, all with the present set of orders. <i>At risk since</i> is the first
 *       such instant from last on. It stays the same until the next order.
 *   <li>Recovered: not at risk, and with a score that is the best possible or high enough. The
 *       least such score is {@code atRisk.recoveryMargin}, 5 by default, above the least one that
 *       is not at risk by score or probability. A user without an effective order has recovered,
 *       too.
 *   <li>Bands: HEALTHY, COOLING and LOW from the scores in {@code bands} on, else LAPSED.
 *   <li>Segments: the first of the rules in {@code segments} whose conditions all hold. A condition
 *       is {@code atRisk}, or a range from {@code atLeast} to under {@code below} of {@code score},
 *       {@code orderDaysInWindow}, {@code orderDaysEver} or {@code elapsedDays}. The last rule has
 *       no condition.
 *   <li><i>Next change</i>: the next instant at which the score changes without an event. It is one
 *       of these: last + a recency threshold; last + the first whole millisecond at a rhythm
 *       threshold; the instant at which the order that reaches a frequency or value threshold
 *       leaves the window; begin and end of a contact.
 * </ul>
 *
 * <h2>Probability</h2>
 *
 * <p>A policy can have a table of the probability of an order within some days, by score: {@link
 * io.rekindle.scoring.policy.OrderProbability}. It does not affect the score, and belongs to the
 * computed score: an override says nothing about it. A user without an effective order has none.
 *
 * <h2>Policies</h2>
 *
 * <p>{@link io.rekindle.scoring.policy.ScoringPolicy} reads them from JSON. The product's policies
 * are {@code policies/*.json} in the resources.
 *
 * <ul>
 *   <li>{@code cadence-v1}, the default. Recency in days: below 14: 30 points, 30: 28, 45: 24, 60:
 *       20, 90: 15, 120: 9, 180: 4, else 0. Rhythm in gaps: below 1: 30, 1.5: 26, 2: 22, 3: 16, 4:
 *       10, 6: 4, else 0; the gap over 12 order days, drawn to 60 days with weight 2, within 7 to
 *       180 days. Frequency in order days of 365 days: 0: 0, 1: 4, 2: 10, 3: 16, 5: 22, 7: 27, 10
 *       and more: 30. Value in spend of 365 days against 50.00: below a half: 0, 1: 2, 2: 4, 4: 6,
 *       8: 8, else 10. At risk below 50, or at a drop of 35.
 *   <li>{@code document-v1}, the original formula as a reference: 100; after 30, 60 and 90 whole
 *       days &minus;15, &minus;30, &minus;40; up to 15 for ten orders ever; up to 10 for an average
 *       of 200; &minus;10 for 7 days from an email. With an order the score stays above its
 *       threshold of 50, so no user is ever at risk. It is therefore not the default.
 * </ul>
 */
package io.rekindle.scoring;
