package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.SingleLine;
import io.rekindle.email.check.DraftChecks;
import io.rekindle.email.check.LlmDraft;
import io.rekindle.email.check.PromptInput;
import io.rekindle.email.compose.EmailContent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Asks the model for the draft of one email until a draft passes the checks.
 *
 * <p>Its steps follow each other, each in the thread that the step before has led to. The deadline
 * and {@link #stop} come in between from outside.
 */
final class DraftLoop {

  private static final String PROMPT_UNKNOWN = "PROMPT_UNKNOWN";
  private static final String NOT_JSON = "NOT_JSON";
  private static final String SCHEMA = "SCHEMA";
  private static final String CHECK_FAILED = "CHECK_FAILED";

  private static final long FIRST_PAUSE_MS = 250;

  private final EmailRequest request;
  private final String shopName;
  private final LlmEndpoint endpoint;
  private final Outcome outcome;
  private final long startedAt = System.nanoTime();

  private Prompt prompt;
  private PromptInput input;
  private int retries;
  private boolean repaired;
  private volatile WritingProgress progress = WritingProgress.NONE;
  private volatile ScheduledFuture<?> deadline;
  private volatile Runnable abort;
  private volatile boolean stopped;

  DraftLoop(EmailRequest request, String shopName, LlmEndpoint endpoint, Outcome outcome) {
    this.request = request;
    this.shopName = shopName;
    this.endpoint = endpoint;
    this.outcome = outcome;
  }

  /** Hears how the loop has ended. Only the first call counts. */
  interface Outcome {

    /** A draft has passed all checks. */
    void drafted(EmailContent content);

    /**
     * The model gives no draft.
     *
     * @param reason machine code
     */
    void failed(String reason);

    /** A step has thrown. */
    void broken(Throwable defect);
  }

  void start() {
    step(
        () -> {
          prompt = Prompt.find(request.variant().prompt());
          if (prompt == null) {
            outcome.failed(PROMPT_UNKNOWN);
            return;
          }
          deadline =
              endpoint
                  .timer()
                  .schedule(
                      () -> outcome.failed(ChatResponse.TIMEOUT),
                      left().toNanos(),
                      TimeUnit.NANOSECONDS);
          input = PromptInput.of(request, shopName);
          call(messages(prompt.user(input)));
        });
  }

  /** Ends the call under way. */
  void stop() {
    stopped = true;
    ScheduledFuture<?> timeout = deadline;
    if (timeout != null) {
      timeout.cancel(false);
    }
    Runnable underWay = abort;
    if (underWay != null) {
      underWay.run();
    }
  }

  WritingProgress progress() {
    return progress;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Runs a step. No failure of a step may leave the email unwritten. */
  private void step(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | StackOverflowError e) {
      outcome.broken(e);
    }
  }

  private Duration left() {
    return endpoint.settings().deadline().minus(elapsed());
  }

  private boolean isOver(Duration left) {
    return stopped || left.isNegative() || left.isZero();
  }

  private List<ChatClient.Message> messages(String user) {
    return List.of(
        new ChatClient.Message("system", prompt.system()), new ChatClient.Message("user", user));
  }

  private void call(List<ChatClient.Message> messages) {
    byte[] body = endpoint.client().body(messages);
    Duration left = left();
    if (isOver(left)) {
      outcome.failed(ChatResponse.TIMEOUT);
      return;
    }
    endpoint
        .gate()
        .enter(
            body.length, left, pass -> step(() -> send(messages, body, pass)), this::failUnasked);
  }

  /** The fault of an earlier response, if there is one, is the reason. */
  private void failUnasked(String reason) {
    String earlier = progress.reason();
    outcome.failed(earlier == null ? reason : earlier);
  }

  private void send(List<ChatClient.Message> messages, byte[] body, LlmGate.Pass pass) {
    Duration left = left();
    if (isOver(left)) {
      pass.release();
      outcome.failed(ChatResponse.TIMEOUT);
      return;
    }
    Duration callTimeout = endpoint.settings().callTimeout();
    Duration timeout = left.compareTo(callTimeout) < 0 ? left : callTimeout;
    progress = progress.calling(pass);
    Runnable cancel =
        endpoint
            .client()
            .send(body, timeout, pass, response -> step(() -> received(messages, pass, response)));
    abort = cancel;
    if (stopped) {
      cancel.run();
    }
  }

  private void received(
      List<ChatClient.Message> messages, LlmGate.Pass pass, ChatResponse response) {
    BigDecimal cost = pass.finish(response);
    if (stopped) {
      return;
    }
    abort = null;
    progress = progress.with(response, cost);
    if (response.reason() == null) {
      evaluate(response);
    } else if (response.retryable()) {
      retry(messages, response);
    } else if (response.repairable()) {
      repair(response);
    } else {
      outcome.failed(response.reason());
    }
  }

  private void evaluate(ChatResponse response) {
    JsonNode json;
    try {
      json = DraftSchema.parse(response.content());
    } catch (JsonProcessingException e) {
      String where = SingleLine.of(e.getOriginalMessage(), 150);
      reject(response, NOT_JSON, List.of(new CheckResult("json", false, where)));
      return;
    }
    List<CheckResult> checks = new ArrayList<>();
    checks.add(new CheckResult("json", true, null));
    String errors = DraftSchema.errors(json);
    checks.add(new CheckResult("schema", errors.isEmpty(), errors.isEmpty() ? null : errors));
    if (!errors.isEmpty()) {
      reject(response, SCHEMA, checks);
      return;
    }
    DraftChecks.Result checked = DraftChecks.evaluate(LlmDraft.of(json), input);
    checks.addAll(checked.checks());
    if (!checked.passed()) {
      reject(response, CHECK_FAILED, checks);
      return;
    }
    progress = progress.evaluated(response.evaluated(null, checks));
    outcome.drafted(checked.content());
  }

  private void reject(ChatResponse response, String reason, List<CheckResult> checks) {
    ChatResponse evaluated = response.evaluated(reason, checks);
    progress = progress.evaluated(evaluated);
    repair(evaluated);
  }

  /** Asks for a better draft, once. */
  private void repair(ChatResponse response) {
    if (repaired) {
      outcome.failed(response.reason());
      return;
    }
    repaired = true;
    call(messages(prompt.repair(input, response.content(), response.checks())));
  }

  private void retry(List<ChatClient.Message> messages, ChatResponse response) {
    long jitter = ThreadLocalRandom.current().nextLong(FIRST_PAUSE_MS);
    Duration pause =
        response.retryAfter() == null
            ? Duration.ofMillis((FIRST_PAUSE_MS << retries) + jitter)
            : response.retryAfter().plusMillis(jitter);
    if (retries == endpoint.settings().maxRetries() || pause.compareTo(left()) >= 0) {
      outcome.failed(response.reason());
      return;
    }
    retries++;
    ScheduledFuture<?> next =
        endpoint
            .timer()
            .schedule(() -> step(() -> call(messages)), pause.toNanos(), TimeUnit.NANOSECONDS);
    abort = () -> next.cancel(false);
  }
}
