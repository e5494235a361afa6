package io.rekindle.email.llm;

import static io.rekindle.email.Completions.completion;
import static io.rekindle.email.Completions.draft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.platform.text.Resources;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers that refuse a form of request. {@code endpoints.json} has how each refuses, and the page
 * where that was found. In {@code tokens>700} and the like, the server refuses a higher limit.
 */
@Timeout(60)
class RequestFormsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD = completion(draft().toString());

  static Stream<Arguments> endpoints() throws IOException {
    JsonNode rows = JSON.readTree(Resources.get(RequestFormsTest.class, "endpoints.json"));
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> Arguments.of(row.path("server").asText(), row));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endpoints")
  void shouldPutRequestsAsTheServerTakesThem(String name, JsonNode row) throws Exception {
    assertThat(row.path("source").asText()).startsWith("https://");
    List<String> refuses = new ArrayList<>();
    row.path("refuses").forEach(part -> refuses.add(part.asText()));
    boolean effort = refuses.contains("reasoning_effort");
    JsonNode body = row.path("body");
    try (CompatibleServer server =
            new CompatibleServer(
                refuses,
                row.path("status").asInt(),
                body.isTextual() ? body.textValue() : body.toString(),
                RequestFormsTest::asAsked);
        LlmEmailWriter writer =
            writer(
                EmailRequests.limits().plain().effort(effort ? "minimal" : null).at(server.url()),
                WriterListener.NONE)) {
      WrittenEmail first = writer.write(EmailRequests.ada()).join();
      assertThat(first.fallbackReason()).isNull();
      assertThat(first.requestForm()).isEqualTo(row.path("learned").asText());
      assertThat(server.requests()).hasSize(row.path("requests").asInt());
      // The refusals cost nothing.
      assertThat(first.costUsd()).isEqualByComparingTo("0.0011");

      WrittenEmail second = writer.write(EmailRequests.ada()).join();
      assertThat(second.fallbackReason()).isNull();
      assertThat(second.calls()).isEqualTo(1);
    }
  }

  /** A server that was asked for a stream sends one. */
  private static String asAsked(JsonNode request) {
    return request.path("stream").asBoolean()
        ? "data: " + GOOD.replace("\"message\":{", "\"delta\":{") + "\n\ndata: [DONE]\n\n"
        : GOOD;
  }

  @Test
  void shouldTellTheSchemaWhereTheServerDoesNotHoldAnswersToIt() throws Exception {
    Function<JsonNode, String> answer =
        request -> completion(toldSchema(request) ? draft().toString() : "Hello there!");
    try (CompatibleServer server = new CompatibleServer(List.of(), 400, "", answer);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      WrittenEmail first = writer.write(EmailRequests.ada()).join();
      assertThat(first.fallbackReason()).isNull();
      assertThat(first.calls()).isEqualTo(2);
      assertThat(first.requestForm())
          .isEqualTo("json_schema max_completion_tokens system_turn schema_in_text");
      assertThat(writer.write(EmailRequests.ada()).join().calls()).isEqualTo(1);
    }
  }

  @Test
  void shouldTellTheSchemaWithEveryOtherForm() throws Exception {
    try (CompatibleServer server =
            new CompatibleServer(
                List.of("json_schema", "json_object", "system"),
                400,
                "{\"error\":{\"message\":\"unknown: {refused} role\"}}",
                request -> GOOD);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
      List<JsonNode> requests = server.requests();
      assertThat(toldSchema(requests.get(0))).isFalse();
      assertThat(requests.subList(1, requests.size()))
          .allMatch(RequestFormsTest::toldSchema)
          .allMatch(request -> request.has("stream") && !request.path("stream").asBoolean());
      JsonNode last = requests.get(requests.size() - 1);
      assertThat(last.path("messages")).hasSize(1);
      assertThat(last.at("/messages/0/content").asText())
          .startsWith("You write emails")
          .contains("Write the email to this client");
    }
  }

  private static boolean toldSchema(JsonNode request) {
    return request.at("/messages/0/content").asText().contains("\"suggested_items\"");
  }

  @Test
  void shouldGiveUpWhenNoFormHelpsAndNotTryAllFormsForEveryEmail() throws Exception {
    try (CompatibleServer server =
            new CompatibleServer(List.of("model"), 400, "{\"error\":\"no\"}", request -> GOOD);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isEqualTo("HTTP_400");
      int tried = server.requests().size();
      assertThat(tried).isBetween(5, 8);
      assertThat(server.requests()).doesNotHaveDuplicates();
      for (int i = 0; i < 5; i++) {
        WrittenEmail next = writer.write(EmailRequests.ada()).join();
        assertThat(next.fallbackReason()).isEqualTo("HTTP_400");
        assertThat(next.calls()).isEqualTo(1);
      }
      assertThat(JSON.readTree(server.requests().get(tried).toString()))
          .isEqualTo(server.requests().get(0));
    }
  }

  @Test
  void shouldTakeARefusalForOneOfItsReasonsIfItSaysSo() throws Exception {
    for (String body :
        List.of(
            "{\"error\":{\"message\":\"API key not valid. Please pass a valid API key.\"}}",
            "{\"error\":{\"message\":\"The model `acme/asked` does not exist\"}}",
            "{\"error\":{\"message\":\"This model's maximum context length is 700 tokens. However,"
                + " your messages resulted in 1348 tokens.\"}}")) {
      try (CompatibleServer server =
              new CompatibleServer(List.of("model"), 400, body, request -> GOOD);
          LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
        assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isEqualTo("HTTP_400");
        assertThat(server.requests()).as(body).hasSize(1);
      }
    }
  }

  @Test
  void shouldKeepAFormThatWorksWhenOneRequestIsRefused() throws Exception {
    List<String> refuses = new ArrayList<>();
    try (CompatibleServer server =
            new CompatibleServer(refuses, 400, "{\"error\":\"no\"}", request -> GOOD);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
      refuses.add("model");
      assertThat(writer.write(EmailRequests.ada()).join().calls()).isEqualTo(1);
      refuses.clear();
      WrittenEmail after = writer.write(EmailRequests.ada()).join();
      assertThat(after.fallbackReason()).isNull();
      assertThat(after.requestForm()).isEqualTo("json_schema max_completion_tokens system_turn");
    }
  }

  @Test
  void shouldShareWhatOneRequestHasLearned() throws Exception {
    Map<String, Integer> form = new ConcurrentHashMap<>();
    WriterListener listener =
        new WriterListener() {
          @Override
          public void requestForm(String part, int number) {
            form.put(part, number);
          }
        };
    int emails = 30;
    try (CompatibleServer server =
            new CompatibleServer(
                List.of("json_schema", "max_completion_tokens"),
                400,
                "{\"error\":{\"message\":\"Unrecognized request argument: {refused}\"}}",
                request -> GOOD);
        LlmEmailWriter writer = writer(server, listener)) {
      List<CompletableFuture<WrittenEmail>> all = new ArrayList<>();
      for (int i = 0; i < emails; i++) {
        all.add(writer.write(EmailRequests.ada()));
      }
      assertThat(all).allMatch(email -> email.join().fallbackReason() == null);
      // None pays for more than the steps that are left when it starts.
      assertThat(server.requests().size()).isBetween(emails + 2, 3 * emails);
      assertThat(form)
          .containsEntry("structuredOutput", 1)
          .containsEntry("tokenLimit", 1)
          .containsEntry("instructions", 0);
      assertThat(writer.write(EmailRequests.ada()).join().calls()).isEqualTo(1);
    }
  }

  @Test
  void shouldGiveMoreRoomToAModelThatThinks() throws Exception {
    Function<JsonNode, String> answer =
        request ->
            request.path("max_completion_tokens").asInt() < 3_000
                ? completion(null, "length", message -> message.put("reasoning_content", "Hm"))
                : GOOD.replace("\"completion_tokens\":300", "\"completion_tokens\":2900");
    try (CompatibleServer server = new CompatibleServer(List.of(), 400, "", answer);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
      assertThat(server.requests()).hasSize(2).doesNotHaveDuplicates();
      assertThat(server.requests().get(1).path("max_completion_tokens").asInt()).isEqualTo(8_000);
      // The next email is had for one call.
      assertThat(writer.write(EmailRequests.ada()).join().calls()).isEqualTo(1);
    }
  }

  /** As llama.cpp before b5000: it takes the newer name, and goes on without a limit. */
  @Test
  void shouldUseTheOtherNameOfALimitThatIsPassedOver() throws Exception {
    Function<JsonNode, String> answer =
        request ->
            request.has("max_tokens")
                ? GOOD
                : GOOD.replace("\"completion_tokens\":300", "\"completion_tokens\":1201");
    try (CompatibleServer server = new CompatibleServer(List.of(), 400, "", answer);
        LlmEmailWriter writer = writer(server, WriterListener.NONE)) {
      assertThat(writer.write(EmailRequests.ada()).join().calls()).isEqualTo(1);
      WrittenEmail second = writer.write(EmailRequests.ada()).join();
      assertThat(second.calls()).isEqualTo(1);
      assertThat(second.requestForm()).isEqualTo("json_schema max_tokens system_turn");
    }
  }

  @Test
  void shouldTryTheOtherNameOfTheLimitAfterATimeoutAndComeBack() {
    LlmSettings settings = EmailRequests.limits().plain().at("http://127.0.0.1");
    RequestForms forms = new RequestForms(settings, WriterListener.NONE);
    RequestForms.Attempt first = forms.next(0);
    forms.timedOut(first);
    RequestForms.Attempt second = forms.next(0);
    assertThat(second.form().text()).isEqualTo("json_schema max_tokens system_turn");
    FormFault limit = new FormFault(EnumSet.of(RequestForm.Part.LIMIT), null);
    assertThat(forms.refused(second, limit, 0)).isEqualTo(first);
    assertThat(forms.refused(first, limit, 0)).isEqualTo(second);
    assertThat(forms.refused(second, limit, 0).form().text())
        .isEqualTo("json_schema no_limit system_turn");
    forms.accepted(forms.next(0));
    forms.timedOut(forms.next(0));
    assertThat(forms.next(0).form().text()).isEqualTo("json_schema no_limit system_turn");
  }

  @Test
  void shouldNotAskAgainWhereThereIsNoMoreRoom() throws Exception {
    try (CompatibleServer server =
            new CompatibleServer(
                List.of(), 400, "", request -> completion("", "length", message -> {}));
        LlmEmailWriter writer =
            writer(
                EmailRequests.limits().repairTokens(1_200).at(server.url()), WriterListener.NONE)) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();
      assertThat(written.fallbackReason()).isEqualTo("CUT_OFF");
      assertThat(written.calls()).isEqualTo(1);
    }
  }

  @Test
  void shouldNotTakeTheRoomThatTheBudgetDoesNotAllow() throws Exception {
    try (CompatibleServer server =
            new CompatibleServer(
                List.of(), 400, "", request -> completion("", "length", message -> {}));
        LlmEmailWriter writer =
            writer(EmailRequests.limits().budget("0.006").at(server.url()), WriterListener.NONE)) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();
      assertThat(written.fallbackReason()).isEqualTo("CUT_OFF");
      assertThat(written.calls()).isEqualTo(1);
    }
  }

  private static LlmEmailWriter writer(CompatibleServer server, WriterListener listener) {
    return writer(EmailRequests.limits().plain().at(server.url()), listener);
  }

  private static LlmEmailWriter writer(LlmSettings settings, WriterListener listener) {
    return new LlmEmailWriter(settings, EmailRequests.SHOP, BigDecimal.ZERO, listener);
  }
}
