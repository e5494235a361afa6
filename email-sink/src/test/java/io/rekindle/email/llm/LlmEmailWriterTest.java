package io.rekindle.email.llm;

import static io.rekindle.email.Completions.completion;
import static io.rekindle.email.Completions.draft;
import static io.rekindle.email.Completions.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.ScriptedServer;
import io.rekindle.email.ScriptedServer.Act;
import io.rekindle.email.Variant;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.platform.settings.Secret;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class LlmEmailWriterTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD = completion(draft().toString());
  private static final String TEMPLATE_SUBJECT = "Ada Lovelace, there is something new in Books";

  /** What the server does, who writes the email then, why, and after how many requests. */
  static Stream<Arguments> plays() {
    return Stream.of(
        play("a good answer", null, 1, Act.json(GOOD)),
        play("fenced JSON", null, 1, text("```json\n" + draft() + "\n```")),
        play("a bare fence", null, 1, text("```\n" + draft() + "\n```\n")),
        // Errors that come with 200.
        play("an error body", "ERROR_BODY", 1, Act.json("{\"error\":{\"code\":401}}")),
        play("an error body of any form", "ERROR_BODY", 8, Act.json("{\"error\":{\"code\":400}}")),
        play("a passing error body", "ERROR_BODY", 3, Act.json("{\"error\":{\"code\":502}}")),
        play(
            "an error body, then well",
            null,
            2,
            Act.json("{\"error\":{\"code\":503,\"message\":\"overloaded\"}}"),
            Act.json(GOOD)),
        play("an empty object", "MALFORMED", 1, Act.json("{}")),
        play("a page", "MALFORMED", 1, Act.json("<html>Bad gateway</html>")),
        play("nothing", "MALFORMED", 1, Act.json("")),
        play("no choice, in any form", "MALFORMED", 8, Act.json("{\"choices\":[]}")),
        play("deep nesting", "MALFORMED", 1, Act.json("[".repeat(100_000))),
        // Answers without a text.
        play("null content", "EMPTY", 2, Act.json(completion(null))),
        play("blank content", "EMPTY", 2, Act.json(completion("  "))),
        play(
            "a refusal",
            "REFUSED",
            1,
            Act.json(completion(null, "stop", m -> m.put("refusal", "I cannot do that")))),
        play("filtered", "REFUSED", 1, Act.json(completion("", "content_filter", m -> {}))),
        play("cut off", "CUT_OFF", 2, Act.json(completion("{\"subject\":\"He", "length", m -> {}))),
        play("a tool call", "UNFINISHED", 2, Act.json(completion(null, "tool_calls", m -> {}))),
        // Texts that are of no use.
        play("cut-off JSON", "NOT_JSON", 2, text(draft().toString().substring(0, 200))),
        play("prose", "NOT_JSON", 2, text("Sure! Here is your email.")),
        play("prose around JSON", null, 1, text("Sure! Here is your email: " + draft())),
        play("two objects", "NOT_JSON", 2, text(draft() + "\n" + draft())),
        play("another schema", "SCHEMA", 2, text("{\"title\":\"Hello\"}")),
        play("a list of one", null, 1, text("[" + draft() + "]")),
        play("a list of two", "SCHEMA", 2, text("[" + draft() + "," + draft() + "]")),
        play("one field more", "SCHEMA", 2, text(draft(d -> d.put("bcc", "x")))),
        play("a number for a text", "SCHEMA", 2, text(draft(d -> d.put("subject", 7)))),
        play("a long subject", "SCHEMA", 2, text(draft(d -> d.put("subject", "a".repeat(79))))),
        play("a discount", "CHECK_FAILED", 2, text(saying("Take 20% off everything."))),
        play(
            "a link",
            "CHECK_FAILED",
            2,
            text(saying("Look <a href=\"https://evil.example\">here</a>."))),
        play("a script", "CHECK_FAILED", 2, text(saying("<script>alert(1)</script>"))),
        play(
            "an unknown link",
            "CHECK_FAILED",
            2,
            text(draft(d -> d.putObject("call_to_action").put("text", "Go").put("link_id", "x")))),
        play("well after a repair", null, 2, text(saying("Save 20%.")), Act.json(GOOD)),
        play(
            "a failure, a bad text and a failure, then well",
            null,
            4,
            Act.status(500),
            text("prose"),
            Act.status(503),
            Act.json(GOOD)),
        play("one failure too many at the repair", "HTTP_500", 4, text("prose"), Act.status(500)),
        // Sizes.
        play("10 MB", "TOO_LARGE", 1, Act.json(completion("x".repeat(10_000_000)))),
        play("an endless one", "TOO_LARGE", 1, Act.endless("{\"choices\":[")),
        // What is not asked again.
        play("400, in any form", "HTTP_400", 8, Act.status(400)),
        play("401", "HTTP_401", 1, Act.status(401)),
        play("402", "HTTP_402", 1, Act.status(402)),
        play("403", "HTTP_403", 1, Act.status(403)),
        play("404", "HTTP_404", 1, Act.status(404)),
        play("413", "HTTP_413", 1, Act.status(413)),
        play("422, in any form", "HTTP_422", 8, Act.status(422)),
        play("a redirect", "HTTP_307", 1, Act.answer(307, "Location: http://127.0.0.1:1/\r\n", "")),
        play(
            "429 for want of money",
            "QUOTA",
            1,
            Act.answer(429, "", "{\"error\":{\"code\":\"insufficient_quota\"}}")),
        play("an endless 400", "HTTP_400", 8, Act.answer(400, "", "x".repeat(1_000_000))),
        // What is.
        play("408", "HTTP_408", 3, Act.status(408)),
        play("429", "HTTP_429", 3, Act.status(429)),
        play("500", "HTTP_500", 3, Act.status(500)),
        play("503, at once", "HTTP_503", 3, Act.status(503, "0")),
        play("503, at once, then well", null, 2, Act.status(503, "0"), Act.json(GOOD)),
        play("429, in a second, then well", null, 2, Act.status(429, "1"), Act.json(GOOD)),
        play("429, nonsense, then well", null, 2, Act.status(429, "soon"), Act.json(GOOD)),
        play("429, at a date in the past", "HTTP_429", 3, Act.status(429, date(-60))),
        play("dropped connections", "CONNECTION", 3, Act.drop()),
        play("a torn answer, then well", null, 2, Act.torn("{\"choices\""), Act.json(GOOD)),
        // What would take too long.
        play("429, in an hour", "HTTP_429", 1, Act.status(429, "3600")),
        play("503, in 99 digits", "HTTP_503", 1, Act.status(503, "9".repeat(99))),
        play("429, at a date after the deadline", "HTTP_429", 1, Act.status(429, date(3600))));
  }

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @MethodSource("plays")
  void shouldWriteOneEmailWhateverTheServerDoes(
      String name, String reason, int calls, List<Act> script) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script.toArray(Act[]::new));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();

      assertThat(written.fallbackReason()).isEqualTo(reason);
      assertThat(written.generatedBy())
          .isEqualTo(reason == null ? WrittenEmail.LLM : WrittenEmail.TEMPLATE);
      assertThat(written.email().subject())
          .isEqualTo(reason == null ? "Ada Lovelace, the new shelves are up" : TEMPLATE_SUBJECT);
      assertThat(server.requests()).hasSize(calls);
      assertThat(written.calls()).isEqualTo(calls);
      assertThat(written.modelAsked()).isEqualTo("acme/asked");
      assertThat(written.promptVersion()).isEqualTo("winback-v1");
      assertThat(written.schemaVersion()).isEqualTo("email-v1");
      if (reason == null) {
        assertThat(written.checks()).isNotEmpty().allMatch(CheckResult::passed);
      }
    }
  }

  @Test
  void shouldAskAsTheApiExpectsIt() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();

      ScriptedServer.Request request = server.requests().get(0);
      assertThat(request.line()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
      assertThat(request.headers())
          .containsEntry("authorization", "Bearer sk-secret")
          .containsEntry("content-type", "application/json");
      JsonNode body = JSON.readTree(request.body());
      assertThat(body.path("model").asText()).isEqualTo("acme/asked");
      assertThat(body.at("/provider/require_parameters").asBoolean()).isTrue();
      assertThat(body.at("/usage/include").asBoolean()).isTrue();
      assertThat(body.path("max_completion_tokens").asInt()).isEqualTo(1_200);
      assertThat(body.at("/response_format/type").asText()).isEqualTo("json_schema");
      assertThat(body.at("/response_format/json_schema/strict").asBoolean()).isTrue();
      JsonNode schema = body.at("/response_format/json_schema/schema");
      assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
      assertThat(schema.toString()).doesNotContain("maxLength", "maxItems", "$schema");
      assertThat(request.body()).doesNotContain("Ada", "Lovelace");

      assertThat(written.model()).isEqualTo("acme/served-1");
      assertThat(written.promptTokens()).isEqualTo(900);
      assertThat(written.completionTokens()).isEqualTo(300);
      assertThat(written.costUsd()).isEqualByComparingTo("0.0011");
      assertThat(written.email().html())
          .contains("<bdi>Ada Lovelace</bdi>", "Stories to get lost in")
          .contains("https://shop.example.org/unsubscribe/e1")
          .doesNotContain("{{");
      assertThat(written.email().text()).contains("Hello Ada Lovelace,", "- Books: Stories");
    }
  }

  @Test
  void shouldNotBelieveImpossibleUsage() throws Exception {
    for (String cost : List.of("1e400", "1e9", "-1", "1" + "0".repeat(400), "\"x\"")) {
      String answer = GOOD.replace("\"cost\":0.0011", "\"cost\":" + cost);
      assertThat(answer).isNotEqualTo(GOOD);
      try (ScriptedServer server = new ScriptedServer(Act.json(answer));
          EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
        WrittenEmail written = writer.write(EmailRequests.ada()).join();
        assertThat(written.fallbackReason()).isNull();
        assertThat(written.costUsd()).as(cost).isEqualByComparingTo("0.00105");
      }
    }
    String tokens = GOOD.replace("\"prompt_tokens\":900", "\"prompt_tokens\":1e400");
    try (ScriptedServer server = new ScriptedServer(Act.json(tokens));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      assertThat(writer.write(EmailRequests.ada()).join().promptTokens()).isNull();
    }
  }

  @Test
  void shouldNotSendWhatOnlyOpenRouterKnowsToOthers() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD))) {
      try (EmailWriter writer = writer(EmailRequests.limits().plain().at(server.url()))) {
        writer.write(EmailRequests.ada()).join();
      }
      JsonNode body = JSON.readTree(server.requests().get(0).body());
      assertThat(body.has("provider")).isFalse();
      assertThat(body.has("usage")).isFalse();
    }
  }

  @Test
  void shouldNameTheFaultsToTheModel() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(text(saying("Only today: 20% off.")), Act.json(GOOD));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();

      JsonNode messages = JSON.readTree(server.requests().get(1).body()).path("messages");
      assertThat(messages).hasSize(2);
      assertThat(messages.at("/1/content").asText())
          .contains("{\"check\":\"no-percentage\",\"found\":\"20%\"}")
          .contains("{\"check\":\"no-promise\",\"found\":\"Only today");
      assertThat(written.promptTokens()).isEqualTo(1_800);
      assertThat(written.costUsd()).isEqualByComparingTo("0.0022");
    }
  }

  @Test
  void shouldNoteWhatATextFailedAt() throws Exception {
    try (ScriptedServer server = new ScriptedServer(text(saying("Take 20% off.")));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();

      assertThat(written.checks())
          .filteredOn(check -> !check.passed())
          .extracting(CheckResult::name)
          .contains("no-percentage", "numbers");
      assertThat(written.checks()).filteredOn(CheckResult::passed).hasSizeGreaterThan(8);
      assertThat(written.model()).isEqualTo("acme/served-1");
    }
  }

  @Test
  void shouldEndAtTheDeadlineOverAllAttempts() throws Exception {
    for (Act act : List.of(Act.silence(), Act.trickle())) {
      try (ScriptedServer server = new ScriptedServer(act);
          EmailWriter writer =
              writer(
                  EmailRequests.limits()
                      .within(Duration.ofSeconds(30), Duration.ofMillis(300))
                      .at(server.url()))) {
        WrittenEmail written = writer.write(EmailRequests.ada()).join();

        assertThat(written.fallbackReason()).isEqualTo("TIMEOUT");
        assertThat(written.calls()).isEqualTo(1);
        assertThat(written.costUsd()).isPositive();
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void shouldNotAskAgainWhenOneCallTookTooLong() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.silence());
        EmailWriter writer =
            writer(
                EmailRequests.limits()
                    .within(Duration.ofMillis(200), Duration.ofSeconds(30))
                    .at(server.url()))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();
      assertThat(written.fallbackReason()).isEqualTo("TIMEOUT");
      assertThat(written.costUsd()).isPositive();
      assertThat(server.requests()).hasSize(1);
    }
  }

  /** The model and the deadline race: there is one email, and it names its true writer. */
  @Test
  void shouldSettleForOneWhenTheAnswerComesAtTheDeadline() throws Exception {
    int byModel = 0;
    for (int i = 0; i < 30; i++) {
      int delay = 20 + i * 2;
      Act late =
          (out, closing) -> {
            closing.await(delay, java.util.concurrent.TimeUnit.MILLISECONDS);
            Act.json(GOOD).play(out, closing);
          };
      try (ScriptedServer server = new ScriptedServer(late);
          EmailWriter writer =
              writer(
                  EmailRequests.limits()
                      .within(Duration.ofSeconds(30), Duration.ofMillis(50))
                      .at(server.url()))) {
        WrittenEmail written = writer.write(EmailRequests.ada()).join();
        boolean llm = written.generatedBy().equals(WrittenEmail.LLM);
        byModel += llm ? 1 : 0;
        assertThat(written.fallbackReason()).isEqualTo(llm ? null : "TIMEOUT");
        assertThat(written.email().subject()).matches(s -> s.equals(TEMPLATE_SUBJECT) != llm);
        assertThat(written.calls()).isLessThanOrEqualTo(1);
      }
    }
    assertThat(byModel).isBetween(0, 30);
  }

  @Test
  void shouldDoWithoutAServer() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (EmailWriter writer = writer(EmailRequests.limits().at("http://127.0.0.1:" + port))) {
      WrittenEmail written = writer.write(EmailRequests.ada()).join();
      assertThat(written.fallbackReason()).isEqualTo("CONNECTION");
      assertThat(written.calls()).isZero();
      assertThat(written.costUsd()).isNull();
    }
  }

  @Test
  void shouldWriteByTemplateAtOnceWhatTheQueueCannotTake() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.silence());
        EmailWriter writer = writer(EmailRequests.limits().inFlight(2, 3).at(server.url()))) {
      List<CompletableFuture<WrittenEmail>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(writer.write(EmailRequests.ada()));
      }
      WrittenEmail sixth = writer.write(EmailRequests.ada()).join();

      assertThat(sixth.fallbackReason()).isEqualTo("QUEUE_FULL");
      assertThat(sixth.calls()).isZero();
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void shouldNotHaveMoreInFlightThanAllowed() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    Act gated =
        (out, closing) -> {
          two.countDown();
          go.await();
          Act.json(GOOD).play(out, closing);
        };
    try (ScriptedServer server = new ScriptedServer(gated);
        EmailWriter writer = writer(EmailRequests.limits().inFlight(2, 10).at(server.url()))) {
      List<CompletableFuture<WrittenEmail>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(writer.write(EmailRequests.ada()));
      }
      two.await();
      assertThat(server.requests()).hasSize(2);
      go.countDown();
      assertThat(all).allSatisfy(e -> assertThat(e.join().generatedBy()).isEqualTo("LLM"));
    }
  }

  @Test
  void shouldKeepTheRateAndNotWaitBeyondTheDeadline() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD));
        EmailWriter writer =
            writer(
                EmailRequests.limits()
                    .perMinute(6, 1_000_000_000)
                    .within(Duration.ofSeconds(5), Duration.ofSeconds(5))
                    .at(server.url()))) {
      assertThat(writer.write(EmailRequests.ada()).join().generatedBy()).isEqualTo("LLM");
      WrittenEmail second = writer.write(EmailRequests.ada()).join();
      assertThat(second.fallbackReason()).isEqualTo("RATE");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void shouldKeepTheRateOfTokens() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD));
        EmailWriter writer =
            writer(
                EmailRequests.limits()
                    .perMinute(100_000, 600)
                    .repairTokens(1_200)
                    .within(Duration.ofSeconds(5), Duration.ofSeconds(5))
                    .at(server.url()))) {
      List<String> reasons = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        reasons.add(writer.write(EmailRequests.ada()).join().fallbackReason());
      }
      // 9,200 tokens at first, and each answer took 1,200 of the 3,000 and more reserved.
      assertThat(reasons.subList(0, 4)).containsOnlyNulls();
      assertThat(reasons).last().isEqualTo("RATE");
    }
  }

  @Test
  void shouldKeepTheDaysBudgetAndBeginAnewTheNextDay() throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-22T23:59:00Z"));
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD));
        EmailWriter writer =
            new LlmEmailWriter(
                EmailRequests.limits().budget("0.010").at(server.url()),
                EmailRequests.SHOP,
                new BigDecimal("0.005"),
                WriterListener.NONE,
                clock)) {
      // A call reserves some 0.0035 at most and takes 0.0011.
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
      WrittenEmail beyond = writer.write(EmailRequests.ada()).join();
      assertThat(beyond.fallbackReason()).isEqualTo("BUDGET");
      assertThat(beyond.calls()).isZero();

      clock.now = Instant.parse("2026-11-23T00:00:01Z");
      assertThat(writer.write(EmailRequests.ada()).join().fallbackReason()).isNull();
    }
  }

  @Test
  void shouldNotOverdrawTheBudgetTogether() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Act gated =
        (out, closing) -> {
          go.await();
          Act.json(GOOD).play(out, closing);
        };
    try (ScriptedServer server = new ScriptedServer(gated);
        EmailWriter writer = writer(EmailRequests.limits().budget("0.02").at(server.url()))) {
      List<CompletableFuture<WrittenEmail>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(writer.write(EmailRequests.ada()));
      }
      go.countDown();
      List<WrittenEmail> written = all.stream().map(CompletableFuture::join).toList();
      long asked = written.stream().filter(email -> email.calls() > 0).count();
      assertThat(asked).isBetween(2L, 10L);
      assertThat(written)
          .filteredOn(e -> e.calls() == 0)
          .allMatch(e -> e.fallbackReason().equals("BUDGET"));
    }
  }

  @Test
  void shouldStopAskingAServerThatFails() throws Exception {
    ConcurrentLinkedQueue<String> states = new ConcurrentLinkedQueue<>();
    WriterListener listener =
        new WriterListener() {
          @Override
          public void breaker(String state) {
            states.add(state);
          }
        };
    try (ScriptedServer server = new ScriptedServer(Act.status(401));
        EmailWriter writer =
            new LlmEmailWriter(
                EmailRequests.limits().at(server.url()),
                EmailRequests.SHOP,
                BigDecimal.ZERO,
                listener)) {
      List<String> reasons = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        reasons.add(writer.write(EmailRequests.ada()).join().fallbackReason());
      }
      assertThat(reasons.subList(0, 20)).containsOnly("HTTP_401");
      assertThat(reasons.subList(20, 30)).containsOnly("BREAKER_OPEN");
      assertThat(server.requests()).hasSize(20);
      assertThat(states).containsExactly("OPEN");
    }
  }

  @Test
  void shouldNotBlameTheServerForWhatWasAskedOrWritten() throws Exception {
    for (Act act : List.of(Act.status(400), Act.status(422), text("prose"))) {
      try (ScriptedServer server = new ScriptedServer(act);
          EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
        for (int i = 0; i < 30; i++) {
          assertThat(writer.write(EmailRequests.ada()).join().fallbackReason())
              .isNotEqualTo("BREAKER_OPEN");
        }
      }
    }
  }

  @Test
  void shouldFallBackWhenThePromptDoesNotExist() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.json(GOOD));
        EmailWriter writer = writer(EmailRequests.limits().at(server.url()))) {
      for (String prompt :
          List.of("winback-v999", "../email", "email-v1.json", "winback-v1.system")) {
        EmailRequest request =
            EmailRequests.of("Ada", List.of(), "en", new Variant("x", prompt, null, null));
        assertThat(writer.write(request).join().fallbackReason()).isEqualTo("PROMPT_UNKNOWN");
      }
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void shouldSettleNoTextWhenItIsClosed() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Act.silence())) {
      EmailWriter writer = writer(EmailRequests.limits().inFlight(1, 5).at(server.url()));
      CompletableFuture<WrittenEmail> sent = writer.write(EmailRequests.ada());
      CompletableFuture<WrittenEmail> queued = writer.write(EmailRequests.ada());
      writer.close();
      writer.close();
      for (CompletableFuture<WrittenEmail> each :
          List.of(sent, queued, writer.write(EmailRequests.ada()))) {
        assertThatThrownBy(each::join).isInstanceOf(CancellationException.class);
      }
    }
  }

  @Test
  void shouldTellItsListener() throws Exception {
    ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    WriterListener listener =
        new WriterListener() {
          @Override
          public void called(String outcome, long latencyMs) {
            heard.add(outcome);
          }

          @Override
          public void written(WrittenEmail email) {
            heard.add(email.generatedBy());
          }
        };
    try (ScriptedServer server = new ScriptedServer(Act.status(503, "0"), Act.json(GOOD));
        EmailWriter writer =
            new LlmEmailWriter(
                EmailRequests.limits().at(server.url()),
                EmailRequests.SHOP,
                BigDecimal.ZERO,
                listener)) {
      writer.write(EmailRequests.ada()).join();
      assertThat(heard).containsExactly("HTTP_503", "OK", "LLM");
    }
  }

  @Test
  void shouldNeverShowTheKey() {
    assertThat(EmailRequests.limits().at("https://api.example.org/v1/").toString())
        .doesNotContain("sk-secret")
        .contains("https://api.example.org/v1,");
    assertThatThrownBy(
            () -> LlmSettings.defaults(Secret.of("REKINDLE_LLM_API_KEY", "sk-secret\r\nX: y"), "m"))
        .hasMessageContaining("apiKey")
        .hasMessageNotContaining("sk-secret");
  }

  private static LlmEmailWriter writer(LlmSettings settings) throws IOException {
    return new LlmEmailWriter(settings, EmailRequests.SHOP, BigDecimal.ZERO, WriterListener.NONE);
  }

  private static Act text(String content) {
    return Act.json(completion(content));
  }

  private static Arguments play(String name, String reason, int calls, Act... script) {
    return Arguments.of(name, reason, calls, List.of(script));
  }

  private static String date(int secondsFromNow) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(secondsFromNow));
  }

  private static final class SettableClock extends Clock {

    private volatile Instant now;

    SettableClock(Instant now) {
      this.now = now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
