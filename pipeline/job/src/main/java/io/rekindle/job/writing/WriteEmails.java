package io.rekindle.job.writing;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.Brand;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.Variant;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.store.EmailStore;
import io.rekindle.email.store.EmailStore.Outcome;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.DecisionJson;
import io.rekindle.job.sink.RefusedRow;
import io.rekindle.platform.jdbc.RefusedData;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;

/**
 * Writes and stores the email of each episode, and counts the outcomes. It emits a dead letter for
 * each request that the database refuses, and no other records.
 *
 * <p>After a restart, Flink repeats the unfinished calls. Each call therefore looks the episode up
 * first, and the first of two texts stays. An episode costs at most one text per restart more.
 *
 * <p>The writer has its own deadline and always gives an email, so there is no deadline here. A
 * database that is away for longer than the store's timeout fails the job, which then repeats the
 * requests.
 *
 * <p>The metrics under {@code rekindle.emails} are the counters {@code written}, {@code cancelled},
 * for users who are gone, {@code repeated}, for episodes that already had their email, {@code
 * refused}, and those of {@link WriterMetrics}.
 */
public final class WriteEmails extends RichAsyncFunction<Decision, DeadLetter> {

  private static final long serialVersionUID = 1L;

  private final WriterSettings settings;
  private transient EmailWriter writer;
  private transient EmailWriter template;
  private transient EmailStore store;

  /**
   * The unfinished calls by episode. After a restart a request may be in the topic twice. Both have
   * the same key, so both come here, and the second waits for the first.
   */
  private transient Map<String, CompletableFuture<Outcome>> inFlight;

  private transient Map<Outcome, Counter> outcomes;
  private transient Counter refused;

  public WriteEmails(WriterSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    MetricGroup metrics =
        getRuntimeContext().getMetricGroup().addGroup("rekindle").addGroup("emails");
    outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, metrics.counter(outcome.name().toLowerCase(Locale.ROOT)));
    }
    refused = metrics.counter("refused");
    inFlight = new ConcurrentHashMap<>();
    store = settings.store();
    // The function needs the database for every email.
    BigDecimal spentToday = store.costToday().get();
    template = settings.template();
    writer =
        settings.writer(
            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
            spentToday,
            new WriterMetrics(metrics));
  }

  @Override
  public void asyncInvoke(Decision decision, ResultFuture<DeadLetter> result) {
    CompletableFuture<Outcome> first = inFlight.get(decision.episodeId());
    if (first != null) {
      CompletableFuture<Outcome> unused =
          first.whenComplete(
              (outcome, failure) -> complete(decision, Outcome.REPEATED, failure, result));
      return;
    }
    CompletableFuture<Outcome> stored =
        store
            .exists(decision.episodeId())
            .thenCompose(
                exists ->
                    exists
                        ? CompletableFuture.completedFuture(Outcome.REPEATED)
                        : store.brand().thenCompose(brand -> writeAndInsert(decision, brand)));
    inFlight.put(decision.episodeId(), stored);
    // The result future reports a failure.
    CompletableFuture<Outcome> unused =
        stored.whenComplete(
            (outcome, failure) -> {
              inFlight.remove(decision.episodeId());
              complete(decision, outcome, failure, result);
            });
  }

  private CompletableFuture<Outcome> writeAndInsert(Decision decision, Brand brand) {
    EmailRequest request = request(decision, brand);
    return write(decision, request).thenCompose(email -> insert(decision, request, email));
  }

  /**
   * Writes the email. A user who has withdrawn since the decision, or an expired decision, gets the
   * template's text, so that no model receives their data. The sender checks again, and stores why
   * it does not send the email.
   */
  private CompletableFuture<WrittenEmail> write(Decision decision, EmailRequest request) {
    return store
        .mayContact(
            request.episodeId(),
            request.facts().userId(),
            Instant.ofEpochMilli(decision.decidedAt()))
        .thenCompose(mayContact -> (mayContact ? writer : template).write(request));
  }

  private void complete(
      Decision decision, Outcome outcome, Throwable failure, ResultFuture<DeadLetter> result) {
    SQLException refusal = RefusedData.in(failure);
    if (refusal != null) {
      refused.inc();
      result.complete(List.of(deadLetter(decision, refusal)));
      return;
    }
    if (failure != null) {
      result.completeExceptionally(
          new IOException(
              "The email of episode " + decision.episodeId() + " could not be stored", failure));
      return;
    }
    outcomes.get(outcome).inc();
    result.complete(List.of());
  }

  private CompletableFuture<Outcome> insert(
      Decision decision, EmailRequest request, WrittenEmail email) {
    return store.insert(request, email, decision.experimentId(), decision.score());
  }

  private static DeadLetter deadLetter(Decision decision, SQLException refusal) {
    return RefusedRow.of(
        "engagement.emails",
        decision.userId(),
        decision.episodeId(),
        decision.decidedAt(),
        DecisionJson.write(decision),
        refusal,
        "the email of episode '%s' for user '%s'"
            .formatted(decision.episodeId(), decision.userId()),
        "The episode stays without an email: correct what it is written from");
  }

  private static EmailRequest request(Decision decision, Brand brand) {
    OutreachVariant variant = decision.variant();
    return new EmailRequest(
        decision.episodeId(),
        decision.facts(),
        new Variant(variant.name(), variant.prompt(), variant.tone(), variant.offer()),
        brand);
  }

  @Override
  public void timeout(Decision decision, ResultFuture<DeadLetter> result) {
    // Flink would otherwise drop the request without an error.
    result.completeExceptionally(
        new IOException(
            "The email of episode " + decision.episodeId() + " was not written in time"));
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
    if (template != null) {
      template.close();
    }
    if (store != null) {
      store.close();
    }
  }
}
