package io.rekindle.email.llm;

import io.rekindle.email.Email;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.compose.EmailContent;
import io.rekindle.email.compose.Layout;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.compose.TemplateEmailWriter;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Asks a model to write, by an OpenAI-compatible API. If that leads to no email in time, the
 * template writes, and {@link WrittenEmail#fallbackReason} gives the reason.
 *
 * <p>An email takes at most one call, {@link LlmSettings#maxRetries} repeats of calls that failed
 * in passing, and one more call if a text has faults, which that call names. A server that refuses
 * the form of a request gets it in another, which costs nothing, and {@link RequestForms} remembers
 * it. All calls end at the deadline. {@link LlmGate} bounds the calls of all emails together.
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
  private static final String INTERNAL = "INTERNAL";

  private final String shopName;
  private final Layout layout;
  private final TemplateEmailWriter template;
  private final WriterListener listener;
  private final LlmEndpoint endpoint;
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
    this.shopName = layout.shopName();
    this.layout = new Layout(layout);
    this.template = new TemplateEmailWriter(layout);
    this.listener = listener;
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "llm-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    this.endpoint =
        new LlmEndpoint(
            settings,
            new ChatClient(settings, clock),
            new LlmGate(settings, spentTodayUsd, listener, clock, timer),
            new RequestForms(settings, listener),
            timer);
  }

  @Override
  public CompletableFuture<WrittenEmail> write(EmailRequest request) {
    Writing writing = new Writing(request);
    int before = admitted.getAndIncrement();
    open.add(writing);
    if (closed) {
      writing.cancel();
    } else if (before >= endpoint.settings().maxInFlight() + endpoint.settings().maxQueued()) {
      writing.failed(QUEUE_FULL);
    } else {
      writing.loop.start();
    }
    return writing.result;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Writing::cancel);
    endpoint.close();
  }

  /**
   * One email on its way. The draft, the deadline and the end of the writer race, and {@link
   * #ended} decides which was first.
   */
  private final class Writing implements DraftLoop.Outcome {

    private final EmailRequest request;
    private final DraftLoop loop;
    private final CompletableFuture<WrittenEmail> result = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    Writing(EmailRequest request) {
      this.request = request;
      this.loop = new DraftLoop(request, shopName, endpoint, this);
    }

    @Override
    public void drafted(EmailContent content) {
      end(layout.compose(request.episodeId(), request.brand(), content), WrittenEmail.LLM, null);
    }

    /** The template writes. */
    @Override
    public void failed(String reason) {
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

    @Override
    public void broken(Throwable defect) {
      if (closed) {
        cancel();
        return;
      }
      MDC.put("episodeId", request.episodeId());
      LOG.error(
          "Could not have the email of episode {} written by a model", request.episodeId(), defect);
      MDC.remove("episodeId");
      failed(INTERNAL);
    }

    private void end(Email email, String generatedBy, String fallbackReason) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      cleanUp();
      WritingProgress last = loop.progress();
      WrittenEmail written =
          new WrittenEmail(
              email,
              generatedBy,
              fallbackReason,
              endpoint.settings().model(),
              last.model(),
              request.variant().prompt(),
              DraftSchema.VERSION,
              loop.requestForm(),
              last.total().promptTokens(),
              last.total().completionTokens(),
              last.costAtMostUsd(),
              loop.elapsed().toMillis(),
              last.callsSent(),
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
      loop.stop();
    }
  }
}
