package io.rekindle.connectors.events;

/**
 * One manner of writing in an experiment.
 *
 * @param name 1 to 64 letters, digits and {@code _.-}, not {@link OutreachRules#HOLDOUT}
 * @param weight the share of clients in proportion to the other weights, in millionths of the
 *     number in the row: 0 to 10<sup>12</sup>
 * @param prompt name of the prompt, such as winback-v1
 * @param tone the tone of the text, at most 500 characters; null for the prompt's tone
 * @param offer a sentence that the email may state, at most 500 characters; null for no offer
 */
public record OutreachVariant(String name, long weight, String prompt, String tone, String offer) {}
