package io.rekindle.email.llm;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The form in which a request is put. Servers of the same API differ in what they know of it.
 *
 * @param output what the server is asked to hold the answer to
 * @param schemaInText whether the instructions have the schema, since the server does not hold
 *     answers to it
 * @param limit the name of the limit on tokens
 * @param instructions where the instructions go
 * @param effort whether to send {@code reasoning_effort}
 * @param openRouterExtras whether to send what only OpenRouter knows
 * @param streamed whether to ask for a stream, for servers that answer in no other way
 */
record RequestForm(
    Output output,
    boolean schemaInText,
    Limit limit,
    Instructions instructions,
    boolean effort,
    boolean openRouterExtras,
    boolean streamed) {

  /** The parameter {@code response_format}. */
  enum Output {
    JSON_SCHEMA,
    JSON_OBJECT,
    NONE
  }

  /** The limit on tokens of the answer. */
  enum Limit {
    MAX_COMPLETION_TOKENS,
    MAX_TOKENS,
    NONE
  }

  /** Where the instructions go. */
  enum Instructions {
    SYSTEM_TURN,
    IN_USER_TURN
  }

  /**
   * What a server may refuse, in the order in which it is given up when a refusal names nothing.
   */
  enum Part {
    LIMIT,
    OUTPUT,
    INSTRUCTIONS,
    EFFORT,
    OPEN_ROUTER_EXTRAS,
    STREAM
  }

  /** Parts that a server may refuse without naming them. */
  private static final List<Part> UNNAMED =
      List.of(Part.LIMIT, Part.OUTPUT, Part.INSTRUCTIONS, Part.EFFORT, Part.OPEN_ROUTER_EXTRAS);

  /** What newer servers know best. */
  static RequestForm first(LlmSettings settings) {
    return new RequestForm(
        Output.JSON_SCHEMA,
        false,
        Limit.MAX_COMPLETION_TOKENS,
        Instructions.SYSTEM_TURN,
        settings.reasoningEffort() != null,
        settings.openRouterExtras(),
        false);
  }

  /** The next form of one part; this form if there is none. */
  RequestForm without(Part part) {
    return switch (part) {
      case OUTPUT -> with(next(output, Output.values()));
      case LIMIT -> limitedBy(next(limit, Limit.values()));
      case INSTRUCTIONS ->
          new RequestForm(
              output,
              schemaInText,
              limit,
              Instructions.IN_USER_TURN,
              effort,
              openRouterExtras,
              streamed);
      case EFFORT ->
          new RequestForm(
              output, schemaInText, limit, instructions, false, openRouterExtras, streamed);
      case OPEN_ROUTER_EXTRAS ->
          new RequestForm(output, schemaInText, limit, instructions, effort, false, streamed);
      case STREAM ->
          new RequestForm(
              output, schemaInText, limit, instructions, effort, openRouterExtras, true);
    };
  }

  /** The next form of several parts; this form if none has one. */
  RequestForm without(Set<Part> parts) {
    RequestForm form = this;
    for (Part part : parts) {
      form = form.without(part);
    }
    return form;
  }

  /** The same with another name of the limit. */
  RequestForm limitedBy(Limit other) {
    return new RequestForm(
        output, schemaInText, other, instructions, effort, openRouterExtras, streamed);
  }

  /** The same with the schema in the instructions. */
  RequestForm tellingSchema() {
    return new RequestForm(output, true, limit, instructions, effort, openRouterExtras, streamed);
  }

  /**
   * The forms to try after a refusal that names no part, in this order: one part after the other
   * given up, the one that is missed least first, then all of them.
   */
  List<RequestForm> alternatives() {
    RequestForm least = without(EnumSet.copyOf(UNNAMED)).without(Part.OUTPUT);
    return Stream.concat(
            UNNAMED.stream()
                .flatMap(
                    part ->
                        part == Part.OUTPUT
                            ? Stream.of(without(part), without(part).without(part))
                            : Stream.of(without(part))),
            Stream.of(least, least.without(Part.LIMIT)))
        .filter(form -> !form.equals(this))
        .distinct()
        .toList();
  }

  /** How far each part is from what is asked for first, by the names of the metrics. */
  List<Step> steps() {
    return List.of(
        new Step("structuredOutput", place(output, Output.values())),
        new Step("tokenLimit", place(limit, Limit.values())),
        new Step("instructions", place(instructions, Instructions.values())));
  }

  /**
   * One part of the form.
   *
   * @param part by its name in metrics
   * @param number 0 for what is asked for first
   */
  record Step(String part, int number) {}

  /** On one line, for rows and logs, such as {@code json_object max_tokens system_turn}. */
  String text() {
    return Stream.of(
            output == Output.NONE ? "no_response_format" : lower(output),
            limit == Limit.NONE ? "no_limit" : lower(limit),
            lower(instructions),
            output == Output.JSON_SCHEMA && schemaInText ? "schema_in_text" : "",
            effort ? "reasoning_effort" : "",
            streamed ? "stream" : "")
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private RequestForm with(Output other) {
    return new RequestForm(
        other,
        schemaInText || other != Output.JSON_SCHEMA,
        limit,
        instructions,
        effort,
        openRouterExtras,
        streamed);
  }

  private static <E extends Enum<E>> E next(E value, E[] all) {
    return all[Math.min(place(value, all) + 1, all.length - 1)];
  }

  private static <E extends Enum<E>> int place(E value, E[] all) {
    return List.of(all).indexOf(value);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
