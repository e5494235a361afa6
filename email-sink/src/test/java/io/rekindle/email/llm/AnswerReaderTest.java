package io.rekindle.email.llm;

import static io.rekindle.email.Completions.completion;
import static io.rekindle.email.Completions.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which servers put an answer, each with the page where it was found. */
class AnswerReaderTest {

  private static final String DRAFT = draft().toString();
  private static final String QUOTED = TextNode.valueOf(DRAFT).toString();

  static Stream<Arguments> answers() {
    return Stream.of(
        // The place of the text.
        answer(
            "a string", completion(DRAFT), "https://platform.openai.com/docs/api-reference/chat"),
        answer(
            "parts",
            message("\"content\":[{\"type\":\"text\",\"text\":%s}]"),
            "https://docs.mistral.ai/capabilities/reasoning/"),
        answer(
            "a thought and a text as parts",
            message(
                "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm {\"}]},"
                    + "{\"type\":\"text\",\"text\":%s}]"),
            "https://docs.mistral.ai/capabilities/reasoning/"),
        answer(
            "parts that are strings",
            message("\"content\":[%s]"),
            "https://github.com/cline/cline/issues/230"),
        answer(
            "an object that the server has read",
            message("\"content\":" + DRAFT.replace("%", "%%")),
            "https://github.com/BerriAI/litellm/pull/31466"),
        answer(
            "the whole text as a thought",
            message("\"content\":null,\"reasoning_content\":%s"),
            "https://github.com/vllm-project/vllm/issues/17357"),
        answer(
            "the same by another name",
            message("\"content\":\"\",\"reasoning\":%s"),
            "https://github.com/ollama/ollama/issues/15288"),
        answer(
            "a thought beside the text",
            message("\"reasoning_content\":\"{\\\"subject\\\": maybe\",\"content\":%s"),
            "https://github.com/vllm-project/vllm/issues/13375"),
        answer(
            "the arguments of a call",
            message(
                "\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"email\",\"arguments\":%s}}]"),
            "https://github.com/BerriAI/litellm/pull/31466"),
        answer(
            "the arguments of a call as an object",
            message(
                "\"tool_calls\":[{\"function\":{\"name\":\"email\",\"arguments\":"
                    + DRAFT.replace("%", "%%")
                    + "}}]"),
            "https://github.com/ollama/ollama/blob/main/docs/api.md"),
        answer(
            "the arguments of an older call",
            message("\"function_call\":{\"name\":\"email\",\"arguments\":%s}"),
            "https://platform.openai.com/docs/api-reference/chat"),
        answer(
            "the second choice",
            "{\"choices\":[{\"message\":{\"content\":\"\"}},{\"message\":{\"content\":"
                + QUOTED
                + "}}]}",
            "https://platform.openai.com/docs/api-reference/chat"),
        answer(
            "older completions",
            "{\"choices\":[{\"text\":" + QUOTED + ",\"finish_reason\":\"stop\"}]}",
            "https://platform.openai.com/docs/api-reference/completions"),
        answer(
            "Ollama's own",
            "{\"message\":{\"role\":\"assistant\",\"content\":"
                + QUOTED
                + "},\"done_reason\":\"stop\",\"done\":true}",
            "https://github.com/ollama/ollama/blob/main/docs/api.md"),
        answer(
            "Anthropic's own",
            "{\"content\":[{\"type\":\"text\",\"text\":"
                + QUOTED
                + "}],\"stop_reason\":\"end_turn\"}",
            "https://docs.anthropic.com/en/api/messages"),
        answer(
            "Gemini's own",
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hm\",\"thought\":true},{\"text\":"
                + QUOTED
                + "}]},\"finishReason\":\"STOP\"}]}",
            "https://ai.google.dev/api/generate-content"),
        answer(
            "Cohere's own",
            "{\"message\":{\"content\":[{\"type\":\"text\",\"text\":"
                + QUOTED
                + "}]},\"finish_reason\":\"COMPLETE\"}",
            "https://docs.cohere.com/reference/chat"),
        answer(
            "an array around it",
            "[" + completion(DRAFT) + "]",
            "https://github.com/microsoft/vscode/issues/258088"),
        answer(
            "null errors beside it",
            completion(DRAFT).replaceFirst("\\{", "{\"error\":null,\"errors\":[],"),
            "https://github.com/BerriAI/litellm/pull/38269"),
        // The bytes.
        answer(
            "a byte order mark",
            "\uFEFF" + completion(DRAFT),
            "https://datatracker.ietf.org/doc/html/rfc8259#section-8.1"),
        answer(
            "spaces that keep the connection open",
            " \n\n \n" + completion(DRAFT),
            "https://openrouter.ai/docs/api/reference/streaming"),
        answer(
            "comments that keep the connection open",
            ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" + completion(DRAFT),
            "https://openrouter.ai/docs/api/reference/streaming"),
        answer(
            "the end of a stream behind it",
            completion(DRAFT) + "\n\ndata: [DONE]\n\n",
            "https://github.com/decolua/9router/issues/3492"),
        answer("a stream", stream(true), "https://github.com/unslothai/unsloth/issues/6570"),
        answer(
            "a stream without its end",
            stream(false),
            "https://github.com/sgl-project/mini-sglang/issues/51"),
        answer(
            "a stream with one whole answer",
            "data: " + completion(DRAFT) + "\n\ndata: [DONE]\n\n",
            "https://github.com/QuantumNous/new-api/issues/5230"),
        answer(
            "a stream with names, comments and returns",
            ": hello\r\n\r\nevent: message\r\nid: 1\r\n" + stream(true).replace("\n", "\r\n"),
            "https://github.com/BerriAI/litellm/pull/27045"),
        answer(
            "pieces on lines of their own",
            pieces(),
            "https://github.com/ollama/ollama/blob/main/docs/api.md"),
        answer(
            "a stream of a call",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"email\",\"arguments\":"
                + TextNode.valueOf(DRAFT.substring(0, 100))
                + "}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
                + TextNode.valueOf(DRAFT.substring(100))
                + "}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
            "https://platform.openai.com/docs/api-reference/chat-streaming"),
        // The text around the JSON.
        text(
            "a thought",
            "<think>\nFirst {\"subject\": ...}\n</think>\n\n" + DRAFT,
            "https://github.com/vllm-project/vllm/issues/13375"),
        text(
            "a thought without its beginning",
            "Okay, {a}.\n</think>\n" + DRAFT,
            "https://github.com/vllm-project/vllm/issues/13375"),
        text(
            "Magistral's thought",
            "[THINK]Hm {[/THINK]" + DRAFT,
            "https://docs.mistral.ai/capabilities/reasoning/"),
        text(
            "Kimi's thought", "◁think▷Hm◁/think▷" + DRAFT, "https://github.com/MoonshotAI/Kimi-VL"),
        text(
            "channels",
            "<|channel|>analysis<|message|>Need {JSON}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>"
                + DRAFT
                + "<|return|>",
            "https://github.com/openai/harmony"),
        text(
            "Cohere's marks",
            "<|START_THINKING|>Hm<|END_THINKING|><|START_RESPONSE|>" + DRAFT + "<|END_RESPONSE|>",
            "https://docs.cohere.com/docs/reasoning"),
        text(
            "marks of the template",
            DRAFT + "<|im_end|>",
            "https://github.com/ggml-org/llama.cpp/issues/24097"),
        text(
            "an end mark of another template",
            DRAFT + "<|eot_id|>",
            "https://github.com/ggml-org/llama.cpp/issues/24097"),
        text(
            "a fence",
            "```json\n" + DRAFT + "\n```",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2403"),
        text(
            "a fence on one line",
            "```" + DRAFT + "```",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2403"),
        text(
            "a fence in prose",
            "Here it is:\n```JSON\r\n" + DRAFT + "\r\n```\nI hope you {like} it.",
            "https://github.com/browserbase/stagehand/issues/1204"),
        text(
            "prose with braces",
            "For {{name}}, in {English}: " + DRAFT + " Done {really}.",
            "https://github.com/browserbase/stagehand/issues/1204"),
        text(
            "an array of one",
            "[" + DRAFT + "]",
            "https://github.com/browserbase/stagehand/issues/1204"),
        text("encoded twice", QUOTED, "https://github.com/BerriAI/litellm/pull/31466"),
        text(
            "wrapped",
            "{\"email\":" + DRAFT + "}",
            "https://github.com/browserbase/stagehand/issues/1204"),
        text(
            "a call as text",
            "{\"name\":\"email\",\"arguments\":" + DRAFT + "}",
            "https://github.com/ggml-org/llama.cpp/issues/11847"),
        text(
            "a call with encoded arguments",
            "{\"name\":\"email\",\"arguments\":" + QUOTED + "}",
            "https://github.com/ggml-org/llama.cpp/issues/11847"),
        text(
            "a comma too many",
            DRAFT.substring(0, DRAFT.length() - 1) + ",}",
            "https://github.com/ollama/ollama/issues/3102"),
        text(
            "an escape too many",
            DRAFT.replace("we have", "we\\'ve"),
            "https://github.com/ollama/ollama/issues/3102"),
        text(
            "line breaks within strings",
            DRAFT.replace("</p><p>", "</p>\n\n\t<p>"),
            "https://github.com/build-with-groq/g1/pull/23"),
        text(
            "a mark of byte order",
            "\uFEFF" + DRAFT,
            "https://datatracker.ietf.org/doc/html/rfc8259#section-8.1"));
  }

  private static Arguments answer(String name, String body, String source) {
    return Arguments.of(name, body, source);
  }

  private static Arguments text(String name, String text, String source) {
    return Arguments.of(name, completion(text), source);
  }

  private static String message(String fields) {
    return "{\"choices\":[{\"message\":{" + fields.formatted(QUOTED) + "}}]}";
  }

  private static String stream(boolean whole) {
    StringBuilder stream =
        new StringBuilder("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n");
    for (int i = 0; i < DRAFT.length(); i += 50) {
      String piece =
          TextNode.valueOf(DRAFT.substring(i, Math.min(DRAFT.length(), i + 50))).toString();
      stream
          .append(
              "data: {\"model\":\"m\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":")
          .append(piece)
          .append("},\"finish_reason\":null}]}\n\n");
    }
    if (whole) {
      stream.append("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
      stream.append(
          "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n");
      stream.append("data: [DONE]\n\n");
    }
    return stream.toString();
  }

  private static String pieces() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < DRAFT.length(); i += 100) {
      String piece =
          TextNode.valueOf(DRAFT.substring(i, Math.min(DRAFT.length(), i + 100))).toString();
      lines.append("{\"message\":{\"content\":").append(piece).append("},\"done\":false}\n");
    }
    return lines
        .append("{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n")
        .toString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void shouldFindTheDraft(String name, String body, String source) throws Exception {
    assertThat(source).startsWith("https://");
    ChatResponse response = read(body);
    assertThat(response.reason()).isNull();
    JsonNode found = DraftText.parse(response.content());
    assertThat(DraftSchema.errors(found)).isEmpty();
    assertThat(found.path("subject")).isEqualTo(draft().path("subject"));
  }

  @Test
  void shouldReadOtherEncodingsOfUnicode() {
    for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32BE")) {
      byte[] body = completion(DRAFT).getBytes(Charset.forName(charset));
      assertThat(AnswerReader.read(body, 1_200).reason()).as(charset).isNull();
    }
  }

  /** An end that no list of ours names is no fault of a whole text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "stop",
        "STOP",
        "end_turn",
        "eos",
        "eos_token",
        "stop_sequence",
        "COMPLETE",
        "null",
        "tool_calls",
        "tool_call",
        "length",
        "max_tokens",
        "abort",
        "unknown",
        "FINISH_REASON_UNSPECIFIED",
        ""
      })
  void shouldUseAWholeTextWhateverItsEndIsCalled(String finish) {
    assertThat(read(completion(DRAFT, finish, message -> {})).reason()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"length", "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens"})
  void shouldKnowThatATextWasCutOff(String finish) {
    ChatResponse response = read(completion(DRAFT.substring(0, 90), finish, message -> {}));
    assertThat(response.reason()).isEqualTo("CUT_OFF");
    assertThat(response.repairable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content_filter",
        "SAFETY",
        "RECITATION",
        "refusal",
        "sensitive",
        "guardrail_intervened"
      })
  void shouldKnowThatATextWasFiltered(String finish) {
    ChatResponse response = read(completion(DRAFT, finish, message -> {}));
    assertThat(response.reason()).isEqualTo("REFUSED");
    assertThat(response.repairable()).isFalse();
    assertThat(response.unhealthy()).isFalse();
  }

  /** <a href="https://github.com/jundot/omlx/issues/3796">A thought that was cut off</a>. */
  @Test
  void shouldGiveMoreRoomToAThoughtThatIsTheText() {
    ChatResponse response =
        read(completion("Okay, the user wants an email {", "length", message -> {}));
    assertThat(response.reason()).isEqualTo("CUT_OFF");
    assertThat(response.repairable()).isTrue();
  }

  /**
   * <a href="https://github.com/cloudflare/cloudflare-docs/issues/15116">An error among errors</a>.
   */
  @Test
  void shouldReadAnErrorInAListOfErrors() {
    ChatResponse response =
        read(
            "{\"result\":null,\"success\":false,\"messages\":[],\"errors\":[{\"code\":7009,"
                + "\"message\":\"Upstream service unavailable\"}]}");
    assertThat(response.reason()).isEqualTo("ERROR_BODY");
    assertThat(response.retryable()).isTrue();
  }

  @Test
  void shouldNotTakeAThoughtForAnAnswer() {
    ChatResponse response =
        read(completion(null, "stop", m -> m.put("reasoning_content", "{\"plan\":1} and so on")));
    assertThat(response.reason()).isEqualTo("EMPTY");
  }

  @Test
  void shouldNotChooseBetweenDrafts() {
    ObjectNode other = draft().put("subject", "Another one");
    assertThatThrownBy(() -> DraftText.parse("Either " + DRAFT + "\nor " + other))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void shouldUseATextThatTheServerFoundToBeNoJson() {
    byte[] body =
        ("{\"error\":{\"message\":\"Failed to validate JSON\",\"code\":\"json_validate_failed\","
                + "\"failed_generation\":"
                + TextNode.valueOf("```json\n" + DRAFT + "\n```")
                + "}}")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(ChatResponse.httpError(400, body, null, 1_200).reason()).isNull();
  }

  @Test
  void shouldTellARefusalOfAFilterFromOneOfTheRequest() {
    byte[] body =
        ("{\"error\":{\"code\":\"content_filter\",\"message\":\"The response was filtered due to the"
                + " prompt\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}")
            .getBytes(StandardCharsets.UTF_8);
    ChatResponse response = ChatResponse.httpError(400, body, null, 1_200);
    assertThat(response.reason()).isEqualTo("REFUSED");
    assertThat(response.refusal()).isNull();
    assertThat(response.unhealthy()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"Your credit balance is too low to access the API\"}}",
        "{\"error\":{\"code\":\"Arrearage\",\"message\":\"Access denied\"}}",
        "{\"error\":{\"message\":\"Insufficient Balance\",\"type\":\"unknown_error\"}}"
      })
  void shouldKnowThatTheMoneyIsUsedUpWhateverTheStatus(String body) {
    ChatResponse response =
        ChatResponse.httpError(400, body.getBytes(StandardCharsets.UTF_8), null, 1_200);
    assertThat(response.reason()).isEqualTo("QUOTA");
    assertThat(response.refusal()).isNull();
  }

  /** Whatever comes, there is a response, and no text that is not there. */
  @Test
  void shouldSurviveBytesThatAreCutOrChanged() {
    long seed = System.nanoTime();
    System.out.println("AnswerReaderTest seed " + seed);
    Random random = new Random(seed);
    List<String> bodies = new ArrayList<>();
    answers().forEach(row -> bodies.add((String) row.get()[1]));
    for (int i = 0; i < 3_000; i++) {
      byte[] body = bodies.get(random.nextInt(bodies.size())).getBytes(StandardCharsets.UTF_8);
      byte[] torn = Arrays.copyOf(body, random.nextInt(body.length + 1));
      for (int change = random.nextInt(3); change > 0 && torn.length > 0; change--) {
        torn[random.nextInt(torn.length)] = (byte) random.nextInt(256);
      }
      ChatResponse response = AnswerReader.read(torn, 1_200);
      assertThat(response.reason() == null).isEqualTo(response.content() != null);
    }
  }

  @Test
  void shouldReadAnythingInLittleTime() {
    for (String text :
        List.of(
            "{".repeat(200_000),
            "<think>".repeat(30_000),
            "```".repeat(60_000),
            "[".repeat(200_000),
            "{\"subject\":".repeat(20_000),
            "\\".repeat(200_000))) {
      long start = System.nanoTime();
      ChatResponse response = read(completion(text));
      assertThat(DraftText.isWhole(text)).isFalse();
      assertThat(response.content()).isEqualTo(text);
      assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }
  }

  private static ChatResponse read(String body) {
    return AnswerReader.read(body.getBytes(StandardCharsets.UTF_8), 1_200);
  }
}
