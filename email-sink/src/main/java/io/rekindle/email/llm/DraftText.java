package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the draft in the text of a model. Models write thoughts, fences, greetings and marks of
 * their template around it, break lines inside of strings, and wrap or encode it once more.
 * Whatever is found has to fit the schema all the same.
 */
final class DraftText {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          // A fault may quote the text, but not by the address of a Java object.
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** The same for one value among others. */
  private static final JsonMapper ONE =
      JSON.rebuild().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** The beginning or the end of a thought, as DeepSeek, Qwen, Magistral, Kimi, Cohere mark it. */
  private static final Pattern MARK_OF_THOUGHT =
      Pattern.compile(
          "<(/?)(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad"
              + "|seed:think)>"
              + "|\\[(/?)THINK]"
              + "|◁(/?)think▷"
              + "|<\\|(begin|end)_of_thought\\|>"
              + "|<\\|(START|END)_THINKING\\|>"
              + "|<\\|channel\\|>(analysis|commentary|final)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern FENCED =
      Pattern.compile("(?:```|~~~)[a-zA-Z0-9_+-]*[ \\t]*\\r?\\n?(.*?)(?:```|~~~)", Pattern.DOTALL);

  /** A field that every draft has, and no part of a draft. */
  private static final String MARK = "subject";

  private static final int MAX_TRIES = 100;
  private static final int MAX_LAYERS = 3;

  private DraftText() {}

  /**
   * Reads the one JSON value of a text.
   *
   * @return the draft, or whatever else is the only JSON in the text
   * @throws JsonProcessingException if the text has no JSON, or more than one draft
   */
  static JsonNode parse(String text) throws JsonProcessingException {
    String answer = withoutThoughts(text);
    JsonProcessingException fault;
    try {
      return unwrapped(JSON.readTree(answer));
    } catch (JsonProcessingException e) {
      fault = e;
    }
    JsonNode fenced = only(fenced(answer));
    if (fenced != null) {
      return fenced;
    }
    JsonNode found = only(objects(answer));
    if (found != null) {
      return found;
    }
    throw fault;
  }

  /** Whether a text has a whole draft, whatever is around it. */
  static boolean isWhole(String text) {
    try {
      return parse(text).has(MARK);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** The text outside of thoughts. A template may have put the beginning into the prompt. */
  private static String withoutThoughts(String text) {
    StringBuilder rest = new StringBuilder();
    Matcher marks = MARK_OF_THOUGHT.matcher(text);
    int from = 0;
    boolean thinks = false;
    while (marks.find()) {
      boolean ends = isEnd(marks);
      if (ends && !thinks) {
        rest.setLength(0);
      } else if (!thinks) {
        rest.append(text, from, marks.start()).append(' ');
      }
      thinks = !ends;
      from = marks.end();
    }
    // What follows a thought that does not end may be the draft, too.
    return rest.append(text, from, text.length()).toString().replace("\uFEFF", "").strip();
  }

  private static boolean isEnd(Matcher mark) {
    for (int group = 1; group <= mark.groupCount(); group++) {
      if (mark.group(group) != null) {
        return List.of("/", "end", "final").contains(mark.group(group).toLowerCase(Locale.ROOT));
      }
    }
    return false;
  }

  private static JsonNode only(List<JsonNode> drafts) {
    return drafts.size() == 1 ? drafts.get(0) : null;
  }

  private static List<JsonNode> fenced(String text) {
    List<JsonNode> drafts = new ArrayList<>();
    Matcher fences = FENCED.matcher(text);
    for (int tries = 0; tries < MAX_TRIES && fences.find(); tries++) {
      try {
        addDraft(drafts, JSON.readTree(fences.group(1)));
      } catch (JsonProcessingException e) {
        // Prose, or code that is no draft.
      }
    }
    return drafts;
  }

  /** The drafts among the objects of a text, none of which is within another. */
  private static List<JsonNode> objects(String text) {
    List<JsonNode> drafts = new ArrayList<>();
    int from = text.indexOf('{');
    for (int tries = 0; from >= 0 && tries < MAX_TRIES; tries++) {
      int end = from + 1;
      try (JsonParser parser = ONE.createParser(new StringReader(text.substring(from)))) {
        JsonNode node = parser.readValueAsTree();
        addDraft(drafts, node);
        end = from + (int) parser.currentLocation().getCharOffset();
      } catch (IOException e) {
        // A brace of the prose.
      }
      from = text.indexOf('{', end);
    }
    return drafts;
  }

  private static void addDraft(List<JsonNode> drafts, JsonNode node)
      throws JsonProcessingException {
    JsonNode draft = unwrapped(node);
    if (draft.has(MARK)) {
      drafts.add(draft);
    }
  }

  /** Takes off arrays of one, strings that are JSON, and objects around the draft. */
  private static JsonNode unwrapped(JsonNode value) throws JsonProcessingException {
    JsonNode node = value;
    for (int layer = 0; layer < MAX_LAYERS && !node.has(MARK); layer++) {
      JsonNode inner = inner(node);
      if (inner == null) {
        return node;
      }
      node = inner;
    }
    return node;
  }

  private static JsonNode inner(JsonNode node) throws JsonProcessingException {
    if (node.isArray() && node.size() == 1) {
      return node.get(0);
    }
    if (node.isTextual() && node.textValue().strip().startsWith("{")) {
      return JSON.readTree(node.textValue());
    }
    JsonNode draft = null;
    if (node.isObject()) {
      for (JsonNode field : node) {
        boolean carries =
            (field.has(MARK) && field.path(MARK).isTextual())
                || (field.isTextual() && isWhole(field.textValue()));
        if (carries && draft != null) {
          return null;
        }
        draft = carries ? field : draft;
      }
    }
    return draft;
  }
}
