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
import io.rekindle.email.llm.RequestForms.Attempt;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** Forms that one email is put in before it is given up. */
  private static final int MAX_REFUSALS = 10;

  private final EmailRequest request;
  private final String shopName;
  private final LlmEndpoint endpoint;
  private final Outcome outcome;
  private final long startedAt = System.nanoTime();

  private Prompt prompt;
  private PromptInput input;
  private int retries;
  private boolean repaired;

  /** Tokens that an answer has shown to be needed; 0 before. */
  private int room;

  private final Set<Attempt> refused = new HashSet<>();
  private volatile RequestForm lastForm;
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
          call(prompt.user(input));
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

  /** How the last request was put; null before the first. */
  String requestForm() {
    RequestForm form = lastForm;
    return form == null ? null : form.text();
  }

  private void call(String task) {
    call(task, endpoint.forms().next(room));
  }

  private void call(String task, Attempt attempt) {
    byte[] body = endpoint.client().body(attempt, prompt.system(), task);
    Duration left = left();
    if (isOver(left)) {
      outcome.failed(ChatResponse.TIMEOUT);
      return;
    }
    endpoint
        .gate()
        .enter(
            body.length,
            attempt.tokens(),
            left,
            pass -> step(() -> send(task, attempt, body, pass)),
            this::failUnasked);
  }

  /** The fault of an earlier response, if there is one, is the reason. */
  private void failUnasked(String reason) {
    String earlier = progress.reason();
    outcome.failed(earlier == null ? reason : earlier);
  }

  private void send(String task, Attempt attempt, byte[] body, LlmGate.Pass pass) {
    Duration left = left();
    if (isOver(left)) {
      pass.release();
      outcome.failed(ChatResponse.TIMEOUT);
      return;
    }
    Duration callTimeout = endpoint.settings().callTimeout();
    Duration timeout = left.compareTo(callTimeout) < 0 ? left : callTimeout;
    progress = progress.calling(pass);
    lastForm = attempt.form();
    Runnable cancel =
        endpoint
            .client()
            .send(
                body,
                attempt.tokens(),
                timeout,
                pass,
                response -> step(() -> received(task, attempt, pass, response)));
    abort = cancel;
    if (stopped) {
      cancel.run();
    }
  }

  private void received(String task, Attempt attempt, LlmGate.Pass pass, ChatResponse response) {
    BigDecimal cost = pass.finish(response);
    if (stopped) {
      return;
    }
    abort = null;
    progress = progress.with(response, cost);
    if (response.refusal() != null) {
      putOtherwise(task, attempt, response);
      return;
    }
    if (ChatResponse.TIMEOUT.equals(response.reason())) {
      endpoint.forms().timedOut(attempt);
    }
    if (response.reason() == null || response.repairable()) {
      endpoint.forms().accepted(attempt);
      Integer used = response.usage().completionTokens();
      if (used != null && used > attempt.tokens()) {
        endpoint.forms().limitNotHeld(attempt);
      }
    }
    if (response.reason() == null) {
      noteTokens(attempt, response);
      evaluate(attempt, response);
    } else if (response.retryable()) {
      retry(task, response);
    } else if (response.reason().equals(ChatResponse.CUT_OFF)) {
      repairWithMoreRoom(attempt, response);
    } else if (response.repairable()) {
      repair(response);
    } else {
      outcome.failed(response.reason());
    }
  }

  /** Puts the same request in another form, since the server refused this one. */
  private void putOtherwise(String task, Attempt attempt, ChatResponse response) {
    refused.add(attempt);
    Attempt other = endpoint.forms().refused(attempt, response.refusal(), room);
    if (other == null || refused.contains(other) || refused.size() > MAX_REFUSALS) {
      outcome.failed(response.reason());
    } else {
      call(task, other);
    }
  }

  /** The next emails need no second call for the room that this one has needed. */
  private void noteTokens(Attempt attempt, ChatResponse response) {
    Integer used = response.usage().completionTokens();
    if (room > 0 && (used == null || used > endpoint.settings().maxCompletionTokens())) {
      endpoint.forms().needed(attempt.tokens());
    }
  }

  private void evaluate(Attempt attempt, ChatResponse response) {
    JsonNode json;
    try {
      json = DraftText.parse(response.content());
    } catch (JsonProcessingException e) {
      endpoint.forms().schemaNotHeld(attempt);
      String where = SingleLine.of(e.getOriginalMessage(), 150);
      reject(response, NOT_JSON, List.of(new CheckResult("json", false, where)));
      return;
    }
    List<CheckResult> checks = new ArrayList<>();
    checks.add(new CheckResult("json", true, null));
    String errors = DraftSchema.errors(json);
    checks.add(new CheckResult("schema", errors.isEmpty(), errors.isEmpty() ? null : errors));
    if (!errors.isEmpty()) {
      if (!DraftSchema.isPortable(json)) {
        endpoint.forms().schemaNotHeld(attempt);
      }
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
    call(prompt.repair(input, response.content(), response.checks()));
  }

  /** A model that thinks needs more tokens. With as few as before it would be cut off again. */
  private void repairWithMoreRoom(Attempt attempt, ChatResponse response) {
    room = endpoint.settings().maxRepairTokens();
    if (endpoint.forms().next(room).tokens() > attempt.tokens()) {
      repair(response);
    } else {
      outcome.failed(response.reason());
    }
  }

  private void retry(String task, ChatResponse response) {
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
            .schedule(() -> step(() -> call(task)), pause.toNanos(), TimeUnit.NANOSECONDS);
    abort = () -> next.cancel(false);
  }
}
