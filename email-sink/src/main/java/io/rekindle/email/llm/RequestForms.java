package io.rekindle.email.llm;

import io.rekindle.email.WriterListener;
import io.rekindle.email.llm.RequestForm.Part;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The form of requests that the endpoint and the model of one writer take, as far as refusals and
 * answers have shown it. All emails share it, and a restart forgets it. Thread-safe.
 */
final class RequestForms {

  private static final Logger LOG = LoggerFactory.getLogger(RequestForms.class);

  /** After all forms have been refused, a refusal that names nothing is about something else. */
  private static final Duration PAUSE = Duration.ofMinutes(10);

  /** A form that has worked is not given up for the refusal of one request. */
  private static final int REFUSALS_IN_A_ROW = 3;

  private final WriterListener listener;
  private final Set<RequestForm> refused = new HashSet<>();
  private RequestForm form;
  private boolean accepted;
  private boolean newerLimitRefused;
  private int unnamedInARow;
  private int tokens;
  private int maxTokens = Integer.MAX_VALUE;
  private boolean paused;
  private long pausedAt;

  RequestForms(LlmSettings settings, WriterListener listener) {
    this.listener = listener;
    this.form = RequestForm.first(settings);
    this.tokens = settings.maxCompletionTokens();
    tell();
  }

  /** One way to put a request: its form and its limit on tokens. */
  record Attempt(RequestForm form, int tokens) {}

  /**
   * The way to put the next request.
   *
   * @param room tokens that an earlier answer to the same request has shown to be needed
   */
  synchronized Attempt next(int room) {
    RequestForm best = form;
    if (refused.contains(form)) {
      best = untried();
    }
    return attempt(best == null ? form : best, room);
  }

  /**
   * Learns from a refusal.
   *
   * @return the way to put the request again; null if another form would not help
   */
  synchronized Attempt refused(Attempt tried, FormFault refusal, int room) {
    if (refusal.fewerTokens() != null) {
      maxTokens = Math.min(maxTokens, refusal.fewerTokens());
      return attempt(tried.form(), room);
    }
    if (!refusal.parts().isEmpty()) {
      RequestForm other = without(tried.form(), refusal.parts());
      if (!other.equals(tried.form())) {
        if (isStep(tried.form()) || refused.contains(form)) {
          learn(other);
        }
        return attempt(form, room);
      }
    }
    return afterUnnamed(tried, room);
  }

  private Attempt afterUnnamed(Attempt tried, int room) {
    if (isPaused()) {
      return null;
    }
    if (!isStep(tried.form()) && !refused.contains(form) && accepted) {
      return attempt(form, room); // Another email has learned it meanwhile.
    }
    if (accepted && ++unnamedInARow < REFUSALS_IN_A_ROW) {
      return null;
    }
    refused.add(tried.form());
    RequestForm other = untried();
    if (other == null) {
      refused.clear();
      paused = true;
      pausedAt = System.nanoTime();
      return null;
    }
    return attempt(other, room);
  }

  /** A request in this form got an answer, whatever it says. */
  synchronized void accepted(Attempt attempt) {
    if (refused.contains(form)) {
      learn(attempt.form());
    }
    if (attempt.form().equals(form)) {
      accepted = true;
      paused = false;
      unnamedInARow = 0;
      refused.clear();
    }
  }

  /** An answer needed more tokens than requests are given first. The next ones get as many. */
  synchronized void needed(int used) {
    if (used > tokens) {
      LOG.info("Answers of the model need more than {} tokens, and may take {}", tokens, used);
      tokens = used;
    }
  }

  /** An answer in this form was not held to the schema, so the instructions get it. */
  synchronized void schemaNotHeld(Attempt attempt) {
    if (attempt.form().equals(form) && !form.schemaInText()) {
      learn(form.tellingSchema());
      accepted = true;
    }
  }

  /** The newer name of the limit is only given up for good once it is refused. */
  private RequestForm without(RequestForm tried, Set<Part> parts) {
    if (parts.contains(Part.LIMIT)) {
      if (tried.limit() == RequestForm.Limit.MAX_TOKENS && !newerLimitRefused) {
        Set<Part> rest = EnumSet.copyOf(parts);
        rest.remove(Part.LIMIT);
        return tried.limitedBy(RequestForm.Limit.MAX_COMPLETION_TOKENS).without(rest);
      }
      newerLimitRefused |= tried.limit() == RequestForm.Limit.MAX_COMPLETION_TOKENS;
    }
    return tried.without(parts);
  }

  /**
   * The first answer does not come. Servers that pass over the newer name of the limit may write
   * without an end.
   */
  synchronized void timedOut(Attempt attempt) {
    if (!accepted) {
      limitNotHeld(attempt);
    }
  }

  /** An answer is longer than its limit, so the server does not know the name of the limit. */
  synchronized void limitNotHeld(Attempt attempt) {
    if (attempt.form().equals(form) && form.limit() == RequestForm.Limit.MAX_COMPLETION_TOKENS) {
      learn(form.without(Part.LIMIT));
    }
  }

  private boolean isStep(RequestForm tried) {
    return tried.equals(form);
  }

  private void learn(RequestForm other) {
    form = other;
    accepted = false;
    LOG.info("Requests to the model are put as {}", form.text());
    tell();
  }

  private void tell() {
    form.steps().forEach(step -> listener.requestForm(step.part(), step.number()));
  }

  private RequestForm untried() {
    return form.alternatives().stream()
        .filter(other -> !refused.contains(other))
        .findFirst()
        .orElse(null);
  }

  private boolean isPaused() {
    paused = paused && System.nanoTime() - pausedAt < PAUSE.toNanos();
    return paused;
  }

  private Attempt attempt(RequestForm chosen, int room) {
    return new Attempt(chosen, Math.min(maxTokens, Math.max(tokens, room)));
  }
}
