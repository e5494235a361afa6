package io.rekindle.connectors.events;

/**
 * One of the ways in which an experiment writes to people.
 *
 * @param name 1 to 64 letters, digits and {@code _.-}, not {@link OutreachRules#HOLDOUT}
 * @param weight how often it is chosen in proportion to the others' weights, in millionths of the
 *     row's number: 0 to 10<sup>12</sup>
 * @param prompt name of the prompt, such as winback-v1
 * @param tone how to write, at most 500 characters; null if left to the prompt
 * @param offer a sentence that may be stated, at most 500 characters; null if nothing is offered
 */
public record OutreachVariant(String name, long weight, String prompt, String tone, String offer) {}
