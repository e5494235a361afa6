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
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How emails are written. Travels with the job's graph; what it makes does not.
 *
 * @param unsubscribeSecret signs the links to unsubscribe
 * @param model null for the template alone
 */
public record WriterSettings(
    String shopName,
    String shopUrl,
    String postalAddress,
    String unsubscribeBaseUrl,
    String unsubscribeSecret,
    Model model,
    DatabaseSettings database)
    implements Serializable {

  private static final int STORE_CONNECTIONS = 2;
  private static final int MAX_WITHOUT_MODEL = 200;

  /**
   * Which model, and what it may take: see {@link LlmSettings}, of which this is the part that can
   * be set. Limits are those of the whole job.
   */
  public record Model(
      String baseUrl,
      String apiKey,
      String name,
      int maxInFlight,
      int requestsPerMinute,
      int tokensPerMinute,
      BigDecimal dailyBudgetUsd,
      BigDecimal promptUsdPerMillionTokens,
      BigDecimal completionUsdPerMillionTokens,
      int maxRetries,
      Duration callTimeout,
      Duration deadline)
      implements Serializable {

    /** Takes parameters of its own, and needs them; others may refuse what they do not know. */
    private static final String OPENROUTER_HOST = "openrouter.ai";

    LlmSettings settings() {
      LlmSettings defaults = LlmSettings.defaults(apiKey, name);
      return new LlmSettings(
          baseUrl,
          apiKey,
          name,
          baseUrl.matches("https?://([^/]*\\.)?" + Pattern.quote(OPENROUTER_HOST) + "(/.*)?"),
          maxInFlight,
          maxInFlight,
          requestsPerMinute,
          tokensPerMinute,
          dailyBudgetUsd,
          promptUsdPerMillionTokens,
          completionUsdPerMillionTokens,
          defaults.maxCompletionTokens(),
          maxRetries,
          callTimeout,
          deadline,
          defaults.maxResponseBytes());
    }

    /** Without the key. */
    @Override
    public String toString() {
      return "Model[baseUrl=" + baseUrl + ", name=" + name + "]";
    }
  }

  /** How many emails each of the parallel parts may have under way. */
  public int capacity(int parallelism) {
    // Twice what the model gets at once: the others are being looked up or stored.
    return model == null ? MAX_WITHOUT_MODEL : 2 * Math.max(1, model.maxInFlight() / parallelism);
  }

  /**
   * A writer.
   *
   * @param parallelism how many of them there are, which share the limits
   * @param spentTodayUsd by all of them, before
   */
  EmailWriter writer(int parallelism, BigDecimal spentTodayUsd, WriterListener listener) {
    return model == null
        ? template()
        : new LlmEmailWriter(
            model.settings().dividedBy(parallelism),
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
        new UnsubscribeLinks(unsubscribeBaseUrl, unsubscribeSecret)::url);
  }

  EmailStore store() {
    return new EmailStore(database::connect, STORE_CONNECTIONS, database.retryTimeout());
  }

  /**
   * Finds out now what would otherwise fail in the cluster.
   *
   * @throws IllegalArgumentException names what is wrong
   */
  public void validate() {
    writer(1, BigDecimal.ZERO, WriterListener.NONE).close();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "WriterSettings[shopUrl=" + shopUrl + ", model=" + model + "]";
  }
}
