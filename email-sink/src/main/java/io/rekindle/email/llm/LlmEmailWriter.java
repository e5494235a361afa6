package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.rekindle.email.CheckResult;
import io.rekindle.email.Email;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.SingleLine;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.check.DraftChecks;
import io.rekindle.email.check.LlmDraft;
import io.rekindle.email.check.PromptInput;
import io.rekindle.email.compose.Layout;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.compose.TemplateEmailWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Has a model write, by an OpenAI-compatible API, and the template wherever that does not lead to
 * an email in time: the reason is then in {@link WrittenEmail#fallbackReason}.
 *
 * <p>An email takes at most one call, {@link LlmSettings#maxRetries} repeats of calls that failed
 * in passing, and one more call if a text has faults, which that call names. All of it ends at the
 * deadline. What may be asked for at once, per minute and per day is bounded; a breaker stops
 * asking a server that fails.
 *
 * <p>Reasons: QUEUE_FULL, RATE, BUDGET, BREAKER_OPEN, PROMPT_UNKNOWN (not asked);
 * HTTP_<i>status</i>, QUOTA, CONNECTION, TIMEOUT, TOO_LARGE (no answer); MALFORMED, ERROR_BODY,
 * REFUSED, CUT_OFF, UNFINISHED, EMPTY, NOT_JSON, SCHEMA, CHECK_FAILED (an answer that is of no
 * use); INTERNAL (a defect of the writer).
 *
 * <p>Nothing blocks: threads wait only for servers, one for each request in flight.
 */
public final class LlmEmailWriter implements EmailWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LlmEmailWriter.class);

  private static final String QUEUE_FULL = "QUEUE_FULL";
  private static final String RATE = "RATE";
  private static final String BUDGET = "BUDGET";
  private static final String BREAKER_OPEN = "BREAKER_OPEN";
  private static final String PROMPT_UNKNOWN = "PROMPT_UNKNOWN";
  private static final String NOT_JSON = "NOT_JSON";
  private static final String SCHEMA = "SCHEMA";
  private static final String CHECK_FAILED = "CHECK_FAILED";
  private static final String INTERNAL = "INTERNAL";

  private static final long FIRST_PAUSE_MS = 250;

  /** No tokenizer makes more of JSON and prose than one for three bytes. */
  static final int BYTES_PER_TOKEN = 3;

  /** A request is some 6 KB; an answer and its faults, quoted, add 16 KB at the most. */
  static final int MAX_PROMPT_TOKENS = 8_000;

  private static final CircuitBreakerConfig BREAKER =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(50)
          .minimumNumberOfCalls(20)
          .failureRateThreshold(50)
          .waitDurationInOpenState(Duration.ofSeconds(15))
          .permittedNumberOfCallsInHalfOpenState(5)
          .build();

  private final LlmSettings settings;
  private final String shopName;
  private final Layout layout;
  private final TemplateEmailWriter template;
  private final WriterListener listener;
  private final DraftSchema schema = new DraftSchema();
  private final ChatClient client;
  private final DailyBudget budget;
  private final LlmRateLimit rate;
  private final CircuitBreaker breaker = CircuitBreaker.of("llm", BREAKER);
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Writing> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger admitted = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param spentTodayUsd of the day's budget by earlier runs, see {@code EmailStore.costToday}
   */
  public LlmEmailWriter(
      LlmSettings settings,
      LayoutSettings layout,
      BigDecimal spentTodayUsd,
      WriterListener listener) {
    this(settings, layout, spentTodayUsd, listener, Clock.systemUTC());
  }

  LlmEmailWriter(
      LlmSettings settings,
      LayoutSettings layout,
      BigDecimal spentTodayUsd,
      WriterListener listener,
      Clock clock) {
    this.settings = settings;
    this.shopName = layout.shopName();
    this.layout = new Layout(layout);
    this.template = new TemplateEmailWriter(layout);
    this.listener = listener;
    this.client = new ChatClient(settings, schema, clock);
    this.budget = new DailyBudget(settings.dailyBudgetUsd(), spentTodayUsd, clock);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "llm-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    this.rate =
        new LlmRateLimit(
            settings.requestsPerMinute(),
            settings.tokensPerMinute(),
            MAX_PROMPT_TOKENS + (long) settings.maxCompletionTokens(),
            timer);
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> listener.breaker(event.getStateTransition().getToState().name()));
  }

  @Override
  public CompletableFuture<WrittenEmail> write(EmailRequest request) {
    Writing writing = new Writing(request);
    int before = admitted.getAndIncrement();
    open.add(writing);
    if (closed) {
      writing.cancel();
    } else if (before >= settings.maxInFlight() + settings.maxQueued()) {
      writing.fallBack(QUEUE_FULL);
    } else {
      writing.start();
    }
    return writing.result;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Writing::cancel);
    client.close();
    timer.shutdownNow();
  }

  /** What is known so far; replaced, never changed, since the deadline may read it at any time. */
  private record Progress(
      String reason,
      String model,
      Integer promptTokens,
      Integer completionTokens,
      BigDecimal costUsd,
      List<CheckResult> checks,
      Attempt underWay) {

    static final Progress NONE = new Progress(null, null, null, null, null, List.of(), null);

    /** A call has begun whose cost is not known yet. */
    Progress calling(Attempt attempt) {
      return new Progress(reason, model, promptTokens, completionTokens, costUsd, checks, attempt);
    }

    Progress with(ChatResponse response, BigDecimal cost) {
      return new Progress(
          response.reason(),
          response.model() == null ? model : response.model(),
          sum(promptTokens, response.usage().promptTokens()),
          sum(completionTokens, response.usage().completionTokens()),
          plus(cost),
          response.checks(),
          null);
    }

    Progress evaluated(ChatResponse response) {
      return new Progress(
          response.reason(),
          model,
          promptTokens,
          completionTokens,
          costUsd,
          response.checks(),
          underWay);
    }

    /** With what is set aside for a call that is not waited for. */
    BigDecimal costAtMostUsd() {
      return underWay == null ? costUsd : plus(underWay.unconfirmedUsd());
    }

    private BigDecimal plus(BigDecimal cost) {
      return costUsd == null ? cost : cost == null ? costUsd : costUsd.add(cost);
    }

    private static Integer sum(Integer a, Integer b) {
      return a == null
          ? b
          : b == null ? a : Integer.valueOf((int) Math.min(Integer.MAX_VALUE, (long) a + b));
    }
  }

  /**
   * One email on its way. Its steps follow each other, each in the thread that the one before has
   * led to; the deadline and the end of the writer come in between from outside, and {@link #ended}
   * decides who was first.
   */
  private final class Writing {

    private final EmailRequest request;
    private final CompletableFuture<WrittenEmail> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger calls = new AtomicInteger();
    private final long startedAt = System.nanoTime();

    private Prompt prompt;
    private PromptInput input;
    private int retries;
    private boolean repaired;
    private volatile Progress progress = Progress.NONE;
    private volatile ScheduledFuture<?> deadline;
    private volatile Runnable abort;

    Writing(EmailRequest request) {
      this.request = request;
    }

    void start() {
      step(
          () -> {
            prompt = Prompt.find(request.variant().prompt());
            if (prompt == null) {
              fallBack(PROMPT_UNKNOWN);
              return;
            }
            deadline =
                timer.schedule(
                    () -> fallBack(ChatResponse.TIMEOUT), left().toNanos(), TimeUnit.NANOSECONDS);
            input = PromptInput.of(request, shopName);
            call(
                List.of(
                    new ChatClient.Message("system", prompt.system()),
                    new ChatClient.Message("user", prompt.user(input))));
          });
    }

    /** Nothing that goes wrong in a step may leave the email unwritten. */
    private void step(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException | StackOverflowError e) {
        if (closed) {
          cancel();
        } else {
          MDC.put("emailId", request.emailId());
          MDC.put("episodeId", request.episodeId());
          LOG.error("Could not have email {} written by a model", request.emailId(), e);
          MDC.remove("emailId");
          MDC.remove("episodeId");
          fallBack(INTERNAL);
        }
      }
    }

    private Duration left() {
      return settings.deadline().minusNanos(System.nanoTime() - startedAt);
    }

    private void call(List<ChatClient.Message> messages) {
      Attempt attempt = new Attempt(this, messages, client.body(messages));
      Duration left = left();
      if (ended.get() || left.isNegative() || left.isZero()) {
        fallBack(ChatResponse.TIMEOUT);
        return;
      }
      if (!breaker.tryAcquirePermission()) {
        fallBackUnasked(BREAKER_OPEN);
        return;
      }
      if (!budget.reserve(attempt.reservedUsd)) {
        breaker.releasePermission();
        fallBackUnasked(BUDGET);
        return;
      }
      CompletableFuture<Boolean> unused =
          rate.acquire(attempt.reservedTokens, left)
              .whenComplete(
                  (granted, error) -> {
                    if (Boolean.TRUE.equals(granted)) {
                      step(() -> send(attempt));
                    } else {
                      breaker.releasePermission();
                      budget.recordActual(attempt.reservedUsd, BigDecimal.ZERO);
                      fallBackUnasked(RATE);
                    }
                  });
    }

    private void send(Attempt attempt) {
      Duration left = left();
      if (ended.get() || left.isNegative() || left.isZero()) {
        attempt.release();
        fallBack(ChatResponse.TIMEOUT);
        return;
      }
      Duration timeout = left.compareTo(settings.callTimeout()) < 0 ? left : settings.callTimeout();
      progress = progress.calling(attempt);
      Runnable cancel = client.send(attempt.body, timeout, attempt);
      abort = cancel;
      if (ended.get()) {
        cancel.run();
      }
    }

    private void received(Attempt attempt, ChatResponse response) {
      BigDecimal cost = attempt.finish(response);
      if (ended.get()) {
        return;
      }
      abort = null;
      progress = progress.with(response, cost);
      if (response.reason() == null) {
        evaluate(response);
      } else if (response.retryable()) {
        retry(attempt, response);
      } else if (response.repairable()) {
        repair(response);
      } else {
        fallBack(response.reason());
      }
    }

    private void evaluate(ChatResponse response) {
      JsonNode json;
      try {
        json = response.json();
      } catch (JsonProcessingException e) {
        String where = SingleLine.of(e.getOriginalMessage(), 150);
        reject(response, NOT_JSON, List.of(new CheckResult("json", false, where)));
        return;
      }
      List<CheckResult> checks = new ArrayList<>();
      checks.add(new CheckResult("json", true, null));
      String errors = schema.errors(json);
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
      Email email = layout.compose(request.emailId(), checked.content());
      end(email, WrittenEmail.LLM, null);
    }

    private void reject(ChatResponse response, String reason, List<CheckResult> checks) {
      ChatResponse evaluated = response.evaluated(reason, checks);
      progress = progress.evaluated(evaluated);
      repair(evaluated);
    }

    /** Once, and only where there is time. */
    private void repair(ChatResponse response) {
      if (repaired) {
        fallBack(response.reason());
        return;
      }
      repaired = true;
      call(
          List.of(
              new ChatClient.Message("system", prompt.system()),
              new ChatClient.Message(
                  "user", prompt.repair(input, response.content(), response.checks()))));
    }

    private void retry(Attempt attempt, ChatResponse response) {
      long jitter = ThreadLocalRandom.current().nextLong(FIRST_PAUSE_MS);
      Duration pause =
          response.retryAfter() == null
              ? Duration.ofMillis((FIRST_PAUSE_MS << retries) + jitter)
              : response.retryAfter().plusMillis(jitter);
      if (retries == settings.maxRetries() || pause.compareTo(left()) >= 0) {
        fallBack(response.reason());
        return;
      }
      retries++;
      try {
        ScheduledFuture<?> next =
            timer.schedule(
                () -> step(() -> call(attempt.messages)), pause.toNanos(), TimeUnit.NANOSECONDS);
        abort = () -> next.cancel(false);
      } catch (RejectedExecutionException e) {
        cancel();
      }
    }

    /** Where an answer has been had before, that one's fault is the reason. */
    private void fallBackUnasked(String reason) {
      String earlier = progress.reason();
      fallBack(earlier == null ? reason : earlier);
    }

    private void fallBack(String reason) {
      if (ended.get()) {
        return;
      }
      try {
        end(template.compose(request), WrittenEmail.TEMPLATE, reason);
      } catch (RuntimeException e) {
        cleanUp();
        result.completeExceptionally(e);
      }
    }

    private void end(Email email, String generatedBy, String fallbackReason) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      cleanUp();
      Progress last = progress;
      WrittenEmail written =
          new WrittenEmail(
              email,
              generatedBy,
              fallbackReason,
              settings.model(),
              last.model(),
              request.variant().prompt(),
              DraftSchema.VERSION,
              last.promptTokens(),
              last.completionTokens(),
              last.costAtMostUsd(),
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt),
              calls.get(),
              last.checks());
      listener.written(written);
      result.complete(written);
    }

    private void cancel() {
      if (ended.compareAndSet(false, true)) {
        cleanUp();
        result.completeExceptionally(new CancellationException("the writer is closed"));
      }
    }

    private void cleanUp() {
      if (open.remove(this)) {
        admitted.decrementAndGet();
      }
      ScheduledFuture<?> timeout = deadline;
      if (timeout != null) {
        timeout.cancel(false);
      }
      Runnable underWay = abort;
      if (underWay != null) {
        underWay.run();
      }
    }
  }

  /** One request and what is set aside for it. */
  private final class Attempt implements ChatClient.Exchange {

    private final Writing writing;
    private final List<ChatClient.Message> messages;
    private final byte[] body;
    private final long reservedTokens;
    private final BigDecimal reservedUsd;
    private volatile long startedAt;
    private volatile boolean started;
    private volatile boolean sent;

    Attempt(Writing writing, List<ChatClient.Message> messages, byte[] body) {
      this.writing = writing;
      this.messages = messages;
      this.body = body;
      int promptTokens = body.length / BYTES_PER_TOKEN;
      this.reservedTokens = (long) promptTokens + settings.maxCompletionTokens();
      this.reservedUsd = price(promptTokens, settings.maxCompletionTokens());
    }

    @Override
    public void started() {
      startedAt = System.nanoTime();
      started = true;
    }

    @Override
    public void sent() {
      sent = true;
      writing.calls.incrementAndGet();
    }

    @Override
    public void ended(ChatResponse response) {
      writing.step(() -> writing.received(this, response));
    }

    /** It was never sent. */
    void release() {
      breaker.releasePermission();
      budget.recordActual(reservedUsd, BigDecimal.ZERO);
      rate.release(reservedTokens);
    }

    /** The cost that it may have had while the real cost is unknown; null for none. */
    BigDecimal unconfirmedUsd() {
      return sent && reservedUsd.signum() > 0 ? reservedUsd : null;
    }

    /** Gives back what it did not take; returns what it cost, or may have; null if nothing. */
    BigDecimal finish(ChatResponse response) {
      if (!started) {
        release();
        return null;
      }
      long nanos = System.nanoTime() - startedAt;
      if (response.unhealthy()) {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, new IOException(response.reason()));
      } else {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
      }
      ChatResponse.Usage usage = response.usage();
      Integer in = usage.promptTokens();
      Integer out = usage.completionTokens();
      BigDecimal cost = usage.costUsd();
      if (cost == null && in != null && out != null) {
        cost = price(in, out);
      }
      if (cost == null && !response.refused()) {
        // What is not waited for may have to be paid all the same; a refusal does not.
        cost = unconfirmedUsd();
      }
      budget.recordActual(reservedUsd, cost == null ? BigDecimal.ZERO : cost);
      if (in != null && out != null) {
        rate.recordActual(reservedTokens, (long) in + out);
      }
      String outcome = response.reason() == null ? "OK" : response.reason();
      listener.called(outcome, TimeUnit.NANOSECONDS.toMillis(nanos));
      return cost;
    }
  }

  private BigDecimal price(int promptTokens, int completionTokens) {
    return settings
        .promptUsdPerMillionTokens()
        .multiply(BigDecimal.valueOf(promptTokens))
        .add(
            settings.completionUsdPerMillionTokens().multiply(BigDecimal.valueOf(completionTokens)))
        .movePointLeft(6);
  }
}
