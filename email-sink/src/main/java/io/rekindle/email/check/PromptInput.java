package io.rekindle.email.check;

import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.SingleLine;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.SafeFacts;
import java.util.List;

/**
 * What a model is told and held to, cleaned. The name is not told: it is filled in afterwards.
 *
 * @param name empty if unknown or not fit to be repeated
 * @param categories fit to be repeated, dearest first
 * @param linkIds what the call to action may lead to
 */
public record PromptInput(
    Language language,
    EmailFacts facts,
    String shopName,
    String name,
    List<String> categories,
    String tone,
    String offer,
    List<String> linkIds) {

  /** The one link: the shop's site. */
  static final String SHOP_LINK = "shop";

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
        offer.isEmpty() ? null : offer,
        List.of(SHOP_LINK));
  }
}
