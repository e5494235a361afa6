package io.rekindle.bench;

import io.rekindle.email.Brand;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.Variant;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.llm.LlmEmailWriter;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.email.llm.PromptTexts;
import io.rekindle.platform.settings.Secret;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Has a server of chat completions write emails to invented clients, and shows what it does. */
final class ModelTrial {

  private static final LayoutSettings SHOP =
      new LayoutSettings(
          "Fern & Fable",
          "https://shop.example/new",
          "Fern & Fable, 1 Mill Lane, Dublin",
          emailId -> "https://shop.example/unsubscribe/" + emailId);

  private final LlmSettings settings;
  private final PrintWriter out;

  /**
   * @param url base URL of the API
   * @param maxTokens limit of the first answer; the second may take four times as many
   */
  ModelTrial(String url, String model, String key, int maxTokens, PrintWriter out) {
    LlmSettings defaults = LlmSettings.defaults(Secret.of("REKINDLE_LLM_API_KEY", key), model);
    this.settings =
        new LlmSettings(
            url,
            defaults.apiKey(),
            model,
            LlmSettings.isOpenRouter(url),
            defaults.maxInFlight(),
            defaults.maxQueued(),
            defaults.requestsPerMinute(),
            defaults.tokensPerMinute(),
            defaults.dailyBudgetUsd(),
            defaults.promptUsdPerMillionTokens(),
            defaults.completionUsdPerMillionTokens(),
            maxTokens,
            4 * maxTokens,
            null,
            defaults.maxRetries(),
            Duration.ofMinutes(2),
            Duration.ofMinutes(4),
            defaults.maxResponseBytes());
    this.out = out;
  }

  /**
   * Writes emails one after the other.
   *
   * @return how many of them the model wrote
   */
  int write(int emails) {
    Queue<String> outcomes = new ConcurrentLinkedQueue<>();
    WriterListener listener =
        new WriterListener() {
          @Override
          public void called(String outcome, long latencyMs) {
            outcomes.add(outcome + " " + latencyMs + " ms");
          }
        };
    int byModel = 0;
    try (LlmEmailWriter writer = new LlmEmailWriter(settings, SHOP, BigDecimal.ZERO, listener)) {
      for (int number = 1; number <= emails; number++) {
        outcomes.clear();
        WrittenEmail written = writer.write(request(number)).join();
        byModel += written.fallbackReason() == null ? 1 : 0;
        out.printf(
            Locale.ROOT,
            "email %d: %s, %s; %s; put as %s; %s+%s tokens%s%n",
            number,
            written.generatedBy(),
            written.fallbackReason() == null ? "all checks passed" : written.fallbackReason(),
            outcomes.isEmpty() ? "not asked" : String.join(", ", outcomes),
            written.requestForm(),
            written.promptTokens(),
            written.completionTokens(),
            faults(written));
        out.flush();
      }
    }
    return byModel;
  }

  private static String faults(WrittenEmail written) {
    return written.checks().stream()
        .filter(check -> !check.passed())
        .map((CheckResult check) -> "; " + check.name() + ": " + check.detail())
        .collect(Collectors.joining());
  }

  private static EmailRequest request(int number) {
    return new EmailRequest(
        "trial-" + number,
        new EmailFacts(
            "u" + number,
            "Ada",
            Instant.parse("2026-03-14T10:00:00Z"),
            3 + number,
            new BigDecimal("48.50"),
            List.of("Books", "Tea"),
            "en",
            "Europe/Dublin"),
        new Variant("trial", PromptTexts.DEFAULT, "warm", null),
        Brand.DEFAULT);
  }
}
