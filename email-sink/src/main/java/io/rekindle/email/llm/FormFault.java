package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.email.llm.RequestForm.Part;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A refusal that may be about the form of the request rather than about what it asks.
 *
 * <p>Servers name the parameter in a field, in a path, in a sentence, or not at all. Where each
 * wording was found is in {@code endpoints.json} of the tests.
 *
 * @param parts the parts that the refusal names; empty if it names none
 * @param fewerTokens the limit on tokens that the server would take; null if the limit is no matter
 */
record FormFault(Set<Part> parts, Integer fewerTokens) {

  /** A refusal that names nothing. */
  static final FormFault OF_ANYTHING = new FormFault(Set.of(), null);

  /** No email fits into less. */
  static final int MIN_TOKENS = 200;

  /** A server may quote the whole request behind its reason. */
  private static final int MAX_TEXT = 4_000;

  private static final Map<Part, Pattern> NAMES =
      new EnumMap<>(
          Map.of(
              Part.OUTPUT,
              words(
                  "response[_ -]?(format|schema|mime_?type)|json[_ ]?(schema|object|mode)"
                      + "|structured[_ -]?outputs?|guided[_ ](json|decoding|grammar)|\\bgrammar"
                      + "|output_config|output_format|invalid schema|schema is (invalid|not)"),
              Part.LIMIT,
              words("max_?(completion_?|output_?|new_?)?tokens|max (completion|output) tokens"),
              Part.INSTRUCTIONS,
              words(
                  "system[ -](role|message|prompt|turn|instruction)s?"
                      + "|role[s]?\\W+(of )?\\W*system\\b|['\"`]system['\"`]|got system\\b"
                      + "|messages(\\[0]|\\.0)?\\.role|roles? must (alternate|be)"
                      + "|developer instructions? (is|are) not|only user\\b.{0,30}\\brole"
                      + "|(unknown|unexpected|unsupported|invalid) role"
                      + "|(first|start).{0,40}\\b(user) (message|role|turn)"),
              Part.EFFORT,
              words(
                  "reasoning[_. ]?effort|\\breasoning\\b.{0,40}(not support|unsupported|unknown)"
                      + "|thinking (level|budget)"),
              Part.OPEN_ROUTER_EXTRAS,
              words(
                  "(unrecogni[sz]ed|unknown|unsupported|unexpected|extra|not permitted|forbidden)"
                      + ".{0,80}\\b(provider|usage|require_parameters)\\b"
                      + "|(param|loc)\\W.{0,20}\\b(provider|usage)\\b"
                      + "|\\b(provider|usage)\\b\\W+(is|are)? ?(not|unknown|unsupported)"),
              Part.STREAM,
              words(
                  "non-?streaming|only supports? stream|stream mode|(must|to) (set )?stream"
                      + "|enable the stream|\\bstream\\b\\W.{0,40}(must be|should be) .{0,8}true"
                      + "|streaming is required")));

  /** What a refusal of a form has in it where the status does not tell it from a fault. */
  private static final Pattern OF_FORM =
      words(
          "not (be )?(support|permit|allow|recogni[sz]|implement|enabled|available)"
              + "|unsupported|unimplemented|unrecogni[sz]ed|unknown|unexpected|invalid|unavailable|forbidden"
              + "|jinja|template|raise_exception|must (alternate|be)|does(n't| not) support|only supports?");

  /** The request is refused for another reason than its form. */
  private static final Pattern OF_ANYTHING_ELSE =
      words(
          "api[_ -]?key|authenti|authoriz|credential|permission|credit|billing|balance|quota"
              + "|payment|rate limit|content[_ -]?(filter|policy|management)|moderation"
              + "|safety|model\\W.{0,80}(not (be )?(found|exist)|does(n't| not) exist|not loaded)"
              + "|(no such|unknown|invalid) model|no models? loaded|model_not_found");

  private static final Pattern NO_ENDPOINT =
      words("no (endpoints?|providers?|deployments?)\\b.{0,60}(parameter|support|capab)");

  private static final Pattern TOO_MANY =
      words(
          "too (large|high|many|big|long)|at most|up to|exceed|maximum|less than|smaller"
              + "|range|<=|≤|greater than the max|reduce|limit of");

  private static final Pattern CONTEXT =
      words(
          "context (length|window|size)|context_length|max_model_len|n_ctx|maximum context"
              + "|max_new_tokens\\W{1,3}must be");

  private static final Pattern INPUT =
      words(
          "(\\d[\\d,]*)\\s+(?:tokens? )?(?:(?:in|from) (?:the|your) (?:messages?|prompt|input)"
              + "|(?:input|prompt) tokens?|`?inputs`? tokens)"
              + "|(?:inputs?|prompt|messages)(?: has| have|_tokens)?\\W{1,4}(\\d[\\d,]*)");

  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d{1,3}(?:,\\d{3})+|\\d+");

  private static Pattern words(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  }

  /**
   * Reads a refusal.
   *
   * @param status of the response, or the number in an error that came with a status of success
   * @param body the text of the response
   * @param json the same; missing if it is no JSON
   * @param sentTokens the limit on tokens that the request had
   * @return null if the form is no matter
   */
  static FormFault read(int status, String body, JsonNode json, int sentTokens) {
    String text = shortened(body);
    boolean ofRequest = status == 400 || status == 422;
    if (!ofRequest && status != 404 && status != 405 && status != 415 && status < 500) {
      return null;
    }
    if (status == 404 || status == 405) {
      return NO_ENDPOINT.matcher(text).find() ? OF_ANYTHING : null;
    }
    Integer fewer = fewerTokens(text, sentTokens);
    if (fewer != null) {
      return fewer >= MIN_TOKENS ? new FormFault(Set.of(), fewer) : null;
    }
    if (CONTEXT.matcher(text).find() && TOO_MANY.matcher(text).find()) {
      return null;
    }
    Set<Part> parts = parts(fields(json));
    if (parts.isEmpty()) {
      parts = parts(text);
    }
    if (!parts.isEmpty()) {
      return ofRequest || OF_FORM.matcher(text).find() ? new FormFault(parts, null) : null;
    }
    return ofRequest && !OF_ANYTHING_ELSE.matcher(text).find() ? new FormFault(parts, null) : null;
  }

  private static Set<Part> parts(String text) {
    Set<Part> named = EnumSet.noneOf(Part.class);
    NAMES.forEach(
        (part, names) -> {
          if (names.matcher(text).find()) {
            named.add(part);
          }
        });
    return named;
  }

  /**
   * What the server says in a field of its own: {@code param} by OpenAI, {@code loc} by Pydantic.
   */
  private static String fields(JsonNode json) {
    StringBuilder found = new StringBuilder();
    Deque<JsonNode> open = new ArrayDeque<>();
    open.add(json);
    for (int visited = 0; visited < 500 && !open.isEmpty(); visited++) {
      JsonNode node = open.poll();
      JsonNode parameter = node.path("param");
      if (parameter.isTextual()) {
        found.append("param ").append(parameter.textValue()).append('\n');
      }
      JsonNode place = node.path("loc");
      if (place.isArray()) {
        found.append("loc ");
        place.forEach(step -> found.append(step.asText()).append('.'));
        found.append('\n');
      }
      node.forEach(open::add);
    }
    return found.toString().replace("loc body.", "loc ");
  }

  /** The limit on tokens that fits; null if the limit was not refused for its size. */
  private static Integer fewerTokens(String text, int sent) {
    if (!TOO_MANY.matcher(text).find()) {
      return null;
    }
    if (CONTEXT.matcher(text).find()) {
      Long input = input(text);
      return input == null ? null : fewer(contextIn(text) - input, sent);
    }
    if (!NAMES.get(Part.LIMIT).matcher(text).find()
        && !text.toLowerCase(Locale.ROOT).contains("completion tokens")) {
      return null;
    }
    Long largest = largestIn(text, sent);
    return largest == null ? null : fewer(largest, sent);
  }

  private static Integer fewer(long tokens, int sent) {
    return tokens < sent ? (int) Math.max(0, tokens) : null;
  }

  /** The number behind the words for the context. */
  private static long contextIn(String text) {
    Matcher context = CONTEXT.matcher(text);
    while (context.find()) {
      Matcher number = NUMBER.matcher(text).region(context.end(), text.length());
      if (number.find() && number.start() - context.end() < 40) {
        return value(number.group());
      }
    }
    return 0;
  }

  private static Long input(String text) {
    Matcher input = INPUT.matcher(text);
    return input.find() ? value(input.group(1) == null ? input.group(2) : input.group(1)) : null;
  }

  private static Long largestIn(String text, long below) {
    Matcher numbers = NUMBER.matcher(text);
    Long largest = null;
    while (numbers.find()) {
      long number = value(numbers.group());
      if (number < below
          && number >= MIN_TOKENS
          && number != 400
          && number != 422
          && (largest == null || number > largest)) {
        largest = number;
      }
    }
    return largest;
  }

  private static long value(String digits) {
    String plain = digits.replace(",", "");
    return plain.length() > 9 ? Long.MAX_VALUE : Long.parseLong(plain);
  }

  private static String shortened(String body) {
    return body.length() > MAX_TEXT ? body.substring(0, MAX_TEXT) : body;
  }
}
