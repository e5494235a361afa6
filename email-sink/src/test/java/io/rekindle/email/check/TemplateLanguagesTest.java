package io.rekindle.email.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.Variant;
import io.rekindle.email.compose.EmailContent;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.TemplateEmailWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The template in each language is held to what a model is held to. */
class TemplateLanguagesTest {

  private static final List<String> CATEGORIES =
      List.of(
          "Books",
          "Coffee",
          "Wine",
          "Garden",
          "Kitchen",
          "Home",
          "Food",
          "Beauty",
          "Fashion",
          "Shoes",
          "Sports",
          "Outdoors",
          "Electronics",
          "Toys",
          "Pets",
          "Music",
          "Curiosa");

  private final TemplateEmailWriter writer = new TemplateEmailWriter(EmailRequests.SHOP);

  static Stream<String> languages() {
    return Language.all().stream().map(Language::code);
  }

  @ParameterizedTest
  @MethodSource("languages")
  void shouldPassEveryCheckOfItsLanguage(String code) {
    for (int orders : List.of(1, 3, 5, 12, 22, 1_234)) {
      for (String category : CATEGORIES) {
        EmailRequest request =
            request(code, "Ada Lovelace", orders, List.of(category, "Curiosa", "Tea"));
        assertPasses(request);
      }
    }
    assertPasses(request(code, null, 0, List.of()));
  }

  /** Written out, so that a native reader sees the whole sentence. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en-IE|Your last order at Fern & Fable was in January 2026|You have ordered from us 22 times: thank you.",
        "de-AT|Ihre letzte Bestellung bei Fern & Fable war im Januar 2026|Sie haben schon 22 Mal bei uns bestellt: vielen Dank dafür.",
        "es-ES|Su último pedido en Fern & Fable fue en enero de 2026|Ha comprado con nosotros 22 veces: muchas gracias.",
        "fr-FR|Votre dernière commande chez Fern & Fable date de janvier 2026|Vous avez déjà commandé chez nous 22 fois : merci beaucoup.",
        "it-IT|Il suo ultimo ordine da Fern & Fable è di gennaio 2026|Ha ordinato da noi 22 volte: grazie di cuore.",
        "nl_BE|Uw laatste bestelling bij Fern & Fable was in januari 2026|U hebt al 22 keer bij ons besteld: hartelijk dank daarvoor.",
        "pl|Od Twojego ostatniego zamówienia w Fern & Fable (styczeń 2026)|Masz już u nas 22 zamówienia: bardzo dziękujemy.",
        "pt-PT|A sua última encomenda na Fern & Fable foi em janeiro de 2026|Já fez 22 encomendas connosco: muito obrigado.",
        "ja-JP|Your last order at Fern & Fable was in January 2026|You have ordered from us 22 times: thank you.",
      })
  void shouldTellTheLastOrderAndTheirNumber(String locale, String last, String orders) {
    String text = writer.write(request(locale, "Ada", 22, List.of("Tea"))).join().email().text();

    assertThat(text).contains(last).contains(orders);
  }

  @ParameterizedTest
  @CsvSource({
    "pl, 5, 5 zamówień",
    "pl, 12, 12 zamówień",
    "pl, 23, 23 zamówienia",
    "de, 1234, 1.234 Mal"
  })
  void shouldDeclineAndGroupNumbers(String locale, int orders, String expected) {
    assertThat(writer.write(request(locale, "Ada", orders, List.of())).join().email().text())
        .contains(expected);
  }

  private void assertPasses(EmailRequest request) {
    EmailContent content = writer.content(request);
    List<CheckResult> failed =
        DraftChecks.evaluate(content, PromptInput.of(request, EmailRequests.SHOP.shopName()))
            .stream()
            .filter(check -> !check.passed())
            .toList();
    assertThat(failed).as("%s: %s", content.language().name(), content).isEmpty();
  }

  private static EmailRequest request(
      String locale, String name, int orders, List<String> categories) {
    return new EmailRequest(
        "e1",
        new EmailFacts(
            "u1",
            name,
            orders == 0 ? null : Instant.parse("2026-01-14T10:00:00Z"),
            orders,
            orders == 0 ? null : new BigDecimal("1234.50"),
            categories,
            locale,
            "Europe/Warsaw"),
        new Variant("friendly", EmailRequests.WINBACK, null, null));
  }
}
