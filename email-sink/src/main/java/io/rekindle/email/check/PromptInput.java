package io.rekindle.email.check;

import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.SingleLine;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.SafeFacts;
import java.util.List;

/**
 * The cleaned facts that a model is told and held to. A model is not told the name, which is filled
 * in afterwards.
 *
 * @param name empty if unknown or not fit to be repeated
 * @param categories fit to be repeated, dearest first
 */
public record PromptInput(
    Language language,
    EmailFacts facts,
    String shopName,
    String name,
    List<String> categories,
    String tone,
    String offer) {

  /** The id of the one link that the call to action may lead to: the shop's site. */
  public static final String SHOP_LINK = "shop";

  private static final String DEFAULT_TONE = "warm and friendly";
  private static final int MAX_TONE = 100;
  private static final int MAX_OFFER = 300;

  public static PromptInput of(EmailRequest request, String shopName) {
    EmailFacts facts = request.facts();
    Language language = Language.of(facts.locale());
    String tone = SingleLine.of(request.variant().tone(), MAX_TONE);
    String offer = SingleLine.of(request.variant().offer(), MAX_OFFER);
    return new PromptInput(
        language,
        facts,
        shopName,
        SafeFacts.name(facts.name(), language),
        SafeFacts.categories(facts.preferredCategories(), language),
        tone.isEmpty() ? DEFAULT_TONE : tone,
        offer.isEmpty() ? null : offer);
  }
}
