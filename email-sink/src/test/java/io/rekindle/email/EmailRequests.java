package io.rekindle.email;

import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.platform.settings.Secret;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Clients, shops and settings that tests write for. */
public final class EmailRequests {

  public static final LayoutSettings SHOP =
      new LayoutSettings(
          "Fern & Fable",
          "https://shop.example.org/new?from=email&utm=rekindle",
          "Fern & Fable, 1 Mill Lane, Dublin",
          emailId -> "https://shop.example.org/unsubscribe/" + emailId);

  public static final String WINBACK = "winback-v1";

  public static final Variant FRIENDLY = new Variant("friendly", WINBACK, "warm", null);

  private EmailRequests() {}

  public static EmailRequest ada() {
    return of("Ada Lovelace", List.of("Books", "Tea"), "en-IE");
  }

  public static EmailRequest of(String name, List<String> categories, String locale) {
    return of(name, categories, locale, FRIENDLY);
  }

  public static EmailRequest of(
      String name, List<String> categories, String locale, Variant variant) {
    return new EmailRequest(
        "e1",
        new EmailFacts(
            "u1",
            name,
            Instant.parse("2025-03-14T10:00:00Z"),
            12,
            new BigDecimal("1234.50"),
            categories,
            locale,
            "Europe/Dublin"),
        variant);
  }

  /** Generous limits; tests replace what they are about. */
  public static Limits limits() {
    return new Limits();
  }

  /** Settings under construction. */
  public static final class Limits {

    private int maxInFlight = 64;
    private int maxQueued = 64;
    private int requestsPerMinute = 100_000;
    private int tokensPerMinute = 1_000_000_000;
    private BigDecimal dailyBudgetUsd = new BigDecimal("1000");
    private int maxRepairTokens = 8_000;
    private String reasoningEffort;
    private boolean openRouterExtras = true;
    private int maxRetries = 2;
    private Duration callTimeout = Duration.ofSeconds(20);
    private Duration deadline = Duration.ofSeconds(30);

    public Limits inFlight(int requests, int queued) {
      maxInFlight = requests;
      maxQueued = queued;
      return this;
    }

    public Limits perMinute(int requests, int tokens) {
      requestsPerMinute = requests;
      tokensPerMinute = tokens;
      return this;
    }

    public Limits budget(String usd) {
      dailyBudgetUsd = new BigDecimal(usd);
      return this;
    }

    /** Settings for an API that is not OpenRouter. */
    public Limits plain() {
      openRouterExtras = false;
      return this;
    }

    public Limits repairTokens(int tokens) {
      maxRepairTokens = tokens;
      return this;
    }

    public Limits effort(String effort) {
      reasoningEffort = effort;
      return this;
    }

    Limits retries(int retries) {
      maxRetries = retries;
      return this;
    }

    public Limits within(Duration call, Duration all) {
      callTimeout = call;
      deadline = all;
      return this;
    }

    public LlmSettings at(String url) {
      return new LlmSettings(
          url,
          Secret.of("REKINDLE_LLM_API_KEY", "sk-secret"),
          "acme/asked",
          openRouterExtras,
          maxInFlight,
          maxQueued,
          requestsPerMinute,
          tokensPerMinute,
          dailyBudgetUsd,
          new BigDecimal("0.50"),
          new BigDecimal("2.00"),
          1_200,
          maxRepairTokens,
          reasoningEffort,
          maxRetries,
          callTimeout,
          deadline,
          256 * 1024);
    }
  }
}
