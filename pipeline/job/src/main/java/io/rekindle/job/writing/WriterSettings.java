package io.rekindle.job.writing;

import io.rekindle.email.EmailWriter;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.WriterListener;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.compose.TemplateEmailWriter;
import io.rekindle.email.llm.LlmEmailWriter;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.email.store.EmailStore;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.platform.settings.Secret;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * The settings of the writer of emails. The job's graph has them, and the writers are created in
 * the tasks.
 *
 * @param unsubscribeSecret signs the links to unsubscribe
 * @param model the model with the limits of the whole job; null for the template alone
 * @param expiry age of the decision at which the sender cancels an email
 */
public record WriterSettings(
    String shopName,
    String shopUrl,
    String postalAddress,
    String unsubscribeBaseUrl,
    Secret unsubscribeSecret,
    LlmSettings model,
    DatabaseSettings database,
    Duration expiry)
    implements Serializable {

  private static final int STORE_CONNECTIONS = 2;
  private static final int MAX_WITHOUT_MODEL = 200;

  /** The most unfinished emails of one parallel part. */
  public int capacity(int parallelism) {
    // Twice the requests to the model: other emails are being looked up or stored.
    return model == null ? MAX_WITHOUT_MODEL : 2 * Math.max(1, model.maxInFlight() / parallelism);
  }

  /**
   * Creates a writer.
   *
   * @param parallelism the number of writers, which share the limits
   * @param spentTodayUsd the amount that all of them have spent today
   */
  EmailWriter writer(int parallelism, BigDecimal spentTodayUsd, WriterListener listener) {
    return model == null
        ? template()
        : new LlmEmailWriter(
            model.dividedBy(parallelism),
            layout(),
            spentTodayUsd.divide(BigDecimal.valueOf(parallelism), RoundingMode.UP),
            listener);
  }

  EmailWriter template() {
    return new TemplateEmailWriter(layout());
  }

  private LayoutSettings layout() {
    return new LayoutSettings(
        shopName,
        shopUrl,
        postalAddress,
        new UnsubscribeLinks(unsubscribeBaseUrl, unsubscribeSecret.value())::url);
  }

  EmailStore store() {
    return new EmailStore(database::connect, STORE_CONNECTIONS, database.retryTimeout(), expiry);
  }

  /**
   * Creates a writer and closes it, so that wrong settings fail before the job is submitted.
   *
   * @throws IllegalArgumentException naming the wrong setting
   */
  public void validate() {
    writer(1, BigDecimal.ZERO, WriterListener.NONE).close();
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "WriterSettings[shopUrl=" + shopUrl + ", model=" + model + "]";
  }
}
