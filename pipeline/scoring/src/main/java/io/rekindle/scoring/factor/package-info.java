/**
 * The factors of a score, one class each. A factor reads its section of a policy and turns a user's
 * facts into levels of points, each with the instant at which it drops.
 */
package io.rekindle.scoring.factor;
