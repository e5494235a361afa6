package io.rekindle.email.llm;

import io.rekindle.email.EmailWriter;
import io.rekindle.email.WebUrl;
import io.rekindle.platform.settings.Secret;
import io.rekindle.platform.settings.SettingType;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * The model that writes emails, and its limits, which hold for one writer.
 *
 * @param baseUrl of an OpenAI-compatible API, http or https, {@code /chat/completions} is appended
 * @param apiKey sent as bearer token; never shown
 * @param model as the API calls it
 * @param openRouterExtras whether to send {@code provider.require_parameters} and {@code
 *     usage.include}: OpenRouter needs them so as not to drop parameters and to report costs; some
 *     other APIs refuse unknown parameters
 * @param maxInFlight requests on their way at once
 * @param maxQueued emails that may wait beyond those; more are written by the template at once
 * @param requestsPerMinute limit on requests
 * @param tokensPerMinute limit on tokens of prompts and completions
 * @param dailyBudgetUsd limit per UTC day; zero for none at all
 * @param promptUsdPerMillionTokens price to reserve before a call, and to account where the API
 *     reports tokens and no cost
 * @param completionUsdPerMillionTokens likewise
 * @param maxCompletionTokens of one answer, thoughts included
 * @param maxRepairTokens of the answer after one that was cut off, and of later ones once that has
 *     helped; at least {@code maxCompletionTokens}
 * @param reasoningEffort sent as {@code reasoning_effort}; null to leave it to the model
 * @param maxRetries repeats after an answer that invites one, over all calls for an email; a repair
 *     of a bad text is not among them
 * @param callTimeout of one request, from connecting to the last byte
 * @param deadline of one email, from {@link EmailWriter#write} on, waiting and all attempts
 *     included
 * @param maxResponseBytes a longer response is cut off and counts as no answer
 */
public record LlmSettings(
    String baseUrl,
    Secret apiKey,
    String model,
    boolean openRouterExtras,
    int maxInFlight,
    int maxQueued,
    int requestsPerMinute,
    int tokensPerMinute,
    BigDecimal dailyBudgetUsd,
    BigDecimal promptUsdPerMillionTokens,
    BigDecimal completionUsdPerMillionTokens,
    int maxCompletionTokens,
    int maxRepairTokens,
    String reasoningEffort,
    int maxRetries,
    Duration callTimeout,
    Duration deadline,
    int maxResponseBytes)
    implements Serializable {

  /** The default API. */
  public static final String OPENROUTER = "https://openrouter.ai/api/v1";

  /** {@code maxCompletionTokens} if nothing else is asked for. */
  public static final int DEFAULT_COMPLETION_TOKENS = 1_200;

  /** {@code maxRepairTokens} if nothing else is asked for. */
  public static final int DEFAULT_REPAIR_TOKENS = 8_000;

  /** A setting of either. */
  public static final SettingType<Integer> TOKENS = SettingType.wholeNumber(200, 1_000_000);

  private static final String EFFORT = "[a-z]{1,20}";

  /** A setting of {@code reasoningEffort}. */
  public static final SettingType<String> REASONING_EFFORT =
      SettingType.matching("a word in lower case", EFFORT);

  private static final String OPENROUTER_URL = "https?://([^/]*\\.)?openrouter\\.ai(/.*)?";

  private static final int MAX_RETRIES = 10;

  /**
   * @throws IllegalArgumentException if any is missing or out of bounds; names it, without the key
   */
  public LlmSettings {
    baseUrl = WebUrl.requireBase("baseUrl", baseUrl);
    // A task reads the key when it needs it.
    require(
        apiKey != null && (!apiKey.isKnown() || isToken(apiKey.value())),
        "apiKey is empty or has characters that no HTTP header can carry");
    require(model != null && !model.isBlank(), "model is empty");
    require(maxInFlight >= 1, "maxInFlight is less than 1");
    require(maxQueued >= 0, "maxQueued is negative");
    require(requestsPerMinute >= 1, "requestsPerMinute is less than 1");
    require(tokensPerMinute >= 1, "tokensPerMinute is less than 1");
    requireAmount("dailyBudgetUsd", dailyBudgetUsd);
    requireAmount("promptUsdPerMillionTokens", promptUsdPerMillionTokens);
    requireAmount("completionUsdPerMillionTokens", completionUsdPerMillionTokens);
    require(maxCompletionTokens >= 1, "maxCompletionTokens is less than 1");
    require(
        maxRepairTokens >= maxCompletionTokens, "maxRepairTokens is less than maxCompletionTokens");
    require(
        reasoningEffort == null || reasoningEffort.matches(EFFORT),
        "reasoningEffort is not a word in lower case");
    require(
        maxRetries >= 0 && maxRetries <= MAX_RETRIES,
        "maxRetries is not between 0 and " + MAX_RETRIES);
    requirePositive("callTimeout", callTimeout);
    requirePositive("deadline", deadline);
    require(maxResponseBytes >= 1024, "maxResponseBytes is less than 1024");
  }

  /** Whether a base URL is one of OpenRouter, which needs parameters that other APIs refuse. */
  public static boolean isOpenRouter(String baseUrl) {
    return baseUrl.matches(OPENROUTER_URL);
  }

  /** Limits for a paid account at OpenRouter and a small model. */
  public static LlmSettings defaults(Secret apiKey, String model) {
    return new LlmSettings(
        OPENROUTER,
        apiKey,
        model,
        true,
        64,
        1_000,
        600,
        1_000_000,
        new BigDecimal("5"),
        new BigDecimal("0.50"),
        new BigDecimal("2.00"),
        DEFAULT_COMPLETION_TOKENS,
        DEFAULT_REPAIR_TOKENS,
        null,
        2,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        256 * 1024);
  }

  /**
   * One of {@code writers} equal parts, for writers in several places that together keep the
   * limits. A part of a count is at least 1.
   */
  public LlmSettings dividedBy(int writers) {
    require(writers >= 1, "writers is less than 1");
    return new LlmSettings(
        baseUrl,
        apiKey,
        model,
        openRouterExtras,
        Math.max(1, maxInFlight / writers),
        maxQueued / writers,
        Math.max(1, requestsPerMinute / writers),
        Math.max(1, tokensPerMinute / writers),
        dailyBudgetUsd.divide(BigDecimal.valueOf(writers), 6, RoundingMode.DOWN),
        promptUsdPerMillionTokens,
        completionUsdPerMillionTokens,
        maxCompletionTokens,
        maxRepairTokens,
        reasoningEffort,
        maxRetries,
        callTimeout,
        deadline,
        maxResponseBytes);
  }

  /** All but the key. */
  @Override
  public String toString() {
    return "LlmSettings[baseUrl=" + baseUrl + ", model=" + model + "]";
  }

  private static boolean isToken(String key) {
    return !key.isEmpty() && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static void requireAmount(String name, BigDecimal amount) {
    require(amount != null && amount.signum() >= 0, name + " is missing or negative");
  }

  private static void requirePositive(String name, Duration duration) {
    require(
        duration != null && !duration.isNegative() && !duration.isZero(),
        name + " is missing or not positive");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
