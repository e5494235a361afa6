package io.rekindle.email.check;

import static io.rekindle.email.Completions.draft;
import static io.rekindle.email.Completions.saying;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.CheckResult;
import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.Variant;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.Layout;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client: 12 orders of 1,234.50 on average, the last on 14 March 2025; Books and Tea. */
class DraftChecksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Your last order was on 14 March 2025.",
        "Your last order was on March 14, 2025.",
        "Your last order was on March 14th.",
        "Your last order, on the 14th of March, was lovely.",
        "Your last order was in March 2025.",
        "Your last order was in March, and spring has come since.",
        "Your last order was on 2025-03-14.",
        "Your last order was on 14/03/2025.",
        "Your last order was on 3/14/25.",
        "Your last order was on 14.3.2025.",
        "You were last with us in 2025.",
        "You have ordered 12 times.",
        "This was your 12th order.",
        "You have ordered twelve times.",
        "You spend about 1234.50 each time.",
        "You spend about €1,234.50 each time.",
        "You spend about 1.234,50 EUR each time.",
        "You spend about $1,235 each time.",
        "Feel free to look around, you may like it.",
        "Let us march on into the garden.",
        "You have not been here since March.",
        "Your last order was in 2025. Less is more.",
        "It would mean a great deal to the two of us.",
        "Look into Books and Tea & Coffee, there is news.",
      })
  void shouldLetFactsStand(String sentence) {
    assertThat(failed(evaluate(saying(sentence)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Take 20% off everything.|no-percentage",
        "Take 20 % off everything.|no-percentage",
        "Take ２０％ off everything.|no-percentage",
        "Take twenty percent off everything.|no-percentage",
        "Books from 5 euros.|no-price",
        "Books from £3.99.|no-price",
        "Books from USD 12.|no-price",
        "Only 12 dollars each.|no-price",
        "Use the code SAVE12 today.|no-code",
        "Use WELCOMEBACK when you pay.|no-code",
        "Use X9Q-12B when you pay.|no-code",
        "Come before 24 December.|no-date",
        "Come in May.|no-date",
        "Come by June.|no-date",
        "There is a discount waiting.|no-promise",
        "A gift is waiting for you.|no-promise",
        "With free shipping.|no-promise",
        "This is your last chance.|no-promise",
        "We guarantee that you will love it.|no-promise",
        "Two for one on everything.|no-promise",
        "Enjoy a free tote bag with your next order.|no-promise",
        "Free coffee for you.|no-promise",
        "You feel free coffee is good.|no-promise",
        "Use the code cozy at the checkout.|no-promise",
        "Use COZY when you pay.|no-code",
        "Enter code hello at checkout.|no-promise",
        "Order before Friday, it ends on Sunday.|no-date",
        "Only until Wednesday.|no-date",
        "Our prices have dropped.|no-promise",
        "We pay the postage for you.|no-promise",
        "Shipping costs nothing now.|no-promise",
        "There is no charge.|no-promise",
        "Only until March.|no-date",
        "Take 1235 euros off.|no-price",
        "Save 1,234.50 now.|numbers",
        "You pay 1235 less.|numbers",
        "You have ordered 13 times.|numbers",
        "It has been 8 months.|numbers",
        "It has been eight months.|numbers",
        "Your ١٣ orders.|numbers",
        "Your 1,2 orders.|numbers",
        "Your last order was on 15 March 2025.|numbers",
        "Your last order was on 2025-03-15.|numbers",
        "Within 14 days.|numbers",
        "Call +353 1 234 5678.|links",
        "Call (0800) 123 456.|links",
        "Look at https://evil.example.|links",
        "Look at www.evil.example.|links",
        "Look at evil.example now.|links",
        "Write to me@evil.example now.|links",
        "Look <a href='https://shop.example.org'>here</a>.|links",
        "Dear [Client],|placeholders",
        "Dear {name},|placeholders",
        "Dear {{ name }},|placeholders",
        "Dear Customer Name,|placeholders",
        "Dear %NAME%,|placeholders",
        "Dear ${name},|placeholders",
        "<script>alert('x')</script>|html",
        "<img src=x onerror=alert('x')>|html",
        "<span style='color:red'>x</span>|html",
        "<p onclick='x'>x</p>|html",
        "<!-- x -->|html",
        "<iframe src='x'></iframe>|html",
        "<svg onload='x'></svg>|html",
        "<style>p {display:none}</style>|html",
        "A\u202Eb.|characters",
        "A\u0007b.|characters",
        "A\uE000b.|characters",
        "A\u200Bb.|characters",
      })
  void shouldRefuseWhatIsInvented(String sentence, String check) {
    assertThat(failed(evaluate(saying(sentence)))).contains(check);
  }

  @Test
  void shouldOnlyTakeTheMonthOfTheLastOrderForItsDateWhereTheTextLooksBack() {
    EmailFacts ada = EmailRequests.ada().facts();
    EmailFacts facts =
        new EmailFacts(
            ada.userId(),
            ada.name(),
            Instant.parse("2025-12-05T10:00:00Z"),
            ada.orderCount(),
            ada.averageOrderValue(),
            ada.preferredCategories(),
            "en",
            null);
    EmailRequest request = new EmailRequest("e1", facts, EmailRequests.FRIENDLY);
    String draft = saying("%s").replace("14 March 2025", "5 December 2025");

    for (String past : List.of("It was in December.", "Much is new since December 5, 2025.")) {
      assertThat(failed(evaluate(draft.formatted(past), request))).isEmpty();
    }
    for (String term : List.of("Until the end of December.", "Come before December.")) {
      assertThat(failed(evaluate(draft.formatted(term), request))).contains("no-date");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "de,Versand kostet nichts,bis Mittwoch,seit März",
    "es,los gastos de envío,hasta el miércoles,desde marzo",
    "fr,sans frais de port,jusqu'à mercredi,depuis mars",
    "it,spese di spedizione,fino a mercoledì,da marzo",
    "nl,geen verzendkosten,tot woensdag,sinds maart",
    "pl,za darmo,do środy,od marca",
    "pt,sem portes,até quarta-feira,desde março",
  })
  void shouldKnowOffersAndTermsInEveryLanguage(
      String code, String promise, String term, String past) {
    Language language = Language.of(code);
    FactCheck claims = new FactCheck(language, EmailRequests.ada().facts(), List.of(), null);

    assertThat(claims.check(List.of(promise)))
        .anyMatch(check -> check.name().equals("no-promise") && !check.passed());
    assertThat(claims.check(List.of(term)))
        .anyMatch(check -> check.name().equals("no-date") && !check.passed());
    assertThat(claims.check(List.of(past))).allMatch(CheckResult::passed);
  }

  @Test
  void shouldRefuseInventionsWhereverTheyStand() {
    List<Consumer<com.fasterxml.jackson.databind.node.ObjectNode>> changes =
        List.of(
            d -> d.put("subject", "{{name}}, 20% for you"),
            d -> d.put("preheader", "20% for you"),
            d -> d.withObject("/call_to_action").put("text", "Take 20%"),
            d -> d.withObject("/suggested_items/0").put("text", "All at 20% less."));
    for (var change : changes) {
      assertThat(failed(evaluate(draft(change)))).contains("no-percentage");
    }
  }

  @Test
  void shouldRefuseMarkupOutsideTheBody() {
    assertThat(failed(evaluate(draft(d -> d.put("subject", "Hello <b>you</b>"))))).contains("html");
    assertThat(failed(evaluate(draft(d -> d.put("preheader", "Hello &#60;b&#62;")))))
        .contains("html");
    assertThat(failed(evaluate(draft(d -> d.put("subject", "Hello\r\nBcc: x")))))
        .contains("characters");
  }

  @Test
  void shouldRefuseSuggestionsOutsideTheCategories() {
    assertThat(
            failed(
                evaluate(draft(d -> d.withObject("/suggested_items/0").put("category", "Wine")))))
        .contains("items");
    assertThat(failed(evaluate(draft(d -> d.putArray("suggested_items"))))).contains("items");
  }

  @Test
  void shouldRefuseAnotherLanguage() {
    String german =
        "<p>Hallo {{name}},</p><p>wir haben lange nichts von Ihnen gehört, und das ist schade. Auf"
            + " unseren Regalen ist viel Neues, und wir haben an Sie gedacht, weil Sie die Bücher"
            + " und den Tee immer gern hatten. Schauen Sie doch wieder bei uns vorbei, wenn Sie"
            + " Zeit haben.</p>";
    String draft = draft(d -> d.put("body", german));

    assertThat(failed(evaluate(draft))).contains("language");
    assertThat(failed(evaluate(draft, EmailRequests.of("Ada", List.of("Books", "Tea"), "de-AT"))))
        .isEmpty();
    assertThat(
            failed(
                evaluate(saying("x"), EmailRequests.of("Ada", List.of("Books", "Tea"), "de-AT"))))
        .contains("language");
  }

  @Test
  void shouldReadDatesAndPromisesInTheLanguageOfTheText() {
    EmailRequest german = EmailRequests.of("Ada", List.of("Books", "Tea"), "de");
    String body =
        "<p>Hallo {{name}},</p><p>wir haben lange nichts von Ihnen gehört, und das ist schade. Ihr"
            + " letzter Einkauf war am 14. März 2025, und wir haben an Sie gedacht. Schauen Sie"
            + " doch bei uns vorbei, wenn Sie mögen, und sehen Sie, was es gibt. %s</p>";

    assertThat(failed(evaluate(draft(d -> d.put("body", body.formatted(""))), german))).isEmpty();
    assertThat(
            failed(
                evaluate(draft(d -> d.put("body", body.formatted("Kommen Sie im Juni."))), german)))
        .contains("no-date");
    assertThat(
            failed(
                evaluate(
                    draft(d -> d.put("body", body.formatted("Ein Gutschein wartet auf Sie."))),
                    german)))
        .contains("no-promise");
  }

  @Test
  void shouldLetTheOfferStandAndNothingBeyondIt() {
    Variant offering =
        new Variant(
            "offer", EmailRequests.WINBACK, null, "10% off your next order with code BACK10");
    EmailRequest request = EmailRequests.of("Ada", List.of("Books", "Tea"), "en", offering);

    assertThat(failed(evaluate(saying("Enjoy 10% off your next order with code BACK10."), request)))
        .isEmpty();
    assertThat(failed(evaluate(saying("Enjoy 15% off your next order."), request)))
        .contains("no-percentage");
    assertThat(failed(evaluate(saying("And free shipping."), request))).contains("no-promise");
    assertThat(failed(evaluate(saying("Use the code BACK20."), request))).contains("no-code");

    EmailRequest shipping =
        EmailRequests.of(
            "Ada",
            List.of("Books", "Tea"),
            "en",
            new Variant("offer", EmailRequests.WINBACK, null, "Free shipping, and 1235 euros off"));
    assertThat(failed(evaluate(saying("Free shipping, and 1235 euros off."), shipping))).isEmpty();
    assertThat(failed(evaluate(saying("And free coffee."), shipping))).contains("no-promise");
  }

  @Test
  void shouldNotLetANameBeAskedForThatIsUnknown() {
    assertThat(
            failed(
                evaluate(
                    draft().toString(), EmailRequests.of(null, List.of("Books", "Tea"), "en"))))
        .contains("placeholders");
  }

  /** No number that is not a fact gets through, however it is written. */
  @Test
  void shouldRefuseEveryNumberThatIsNoFact() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] forms = {
      "%d", "%d books", "all %d of them", "%d.", "(%d)", "%d-fold", "no. %d", "%d!"
    };
    for (int i = 0; i < 2_000; i++) {
      int number = random.nextInt(random.nextInt(100_000) + 1);
      if (List.of(12, 1_234, 1_235, 2_025).contains(number)) {
        continue;
      }
      String sentence = forms[random.nextInt(forms.length)].formatted(number);
      assertThat(failed(evaluate(saying("There are " + sentence))))
          .as("seed %d, %s", seed, sentence)
          .isNotEmpty();
    }
  }

  /** Whatever a model writes: what passes is harmless, and nothing throws. */
  @Test
  void shouldOnlyPassHarmlessTexts() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] parts = {
      "<p>",
      "</p>",
      "<b",
      ">",
      "<a href=",
      "javascript:",
      "\"",
      "'",
      "on",
      "=x",
      "{{name}}",
      "{{",
      "}}",
      "&lt;",
      "&#60;",
      "&amp;",
      "script",
      "</",
      "\\",
      "\n",
      "\u202E",
      "\u0000",
      "12",
      "%",
      "é",
      "🦊",
      "word ",
      "the ",
      "and ",
      "you ",
      "our ",
      "<li>",
      "<ul>",
      "<![CDATA[",
      "<!--",
      "-->",
      "x"
    };
    Layout layout = new Layout(EmailRequests.SHOP);
    int passed = 0;
    for (int i = 0; i < 2_500; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(6);
      for (int j = 0; j < length; j++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      DraftChecks.Result result = evaluate(saying(text.toString()));
      if (result.passed()) {
        passed++;
        Email email = layout.compose("e1", result.content());
        assertThat(email.html()).as("seed %d, %s", seed, text).doesNotContain("{{", "<script");
        assertThat(email.html().split("<a ", -1)).hasSize(3);
        assertThat(email.html()).doesNotContainPattern("<p [^s]|<[^>]* on\\w+=");
      }
    }
    assertThat(passed).isGreaterThan(100);
  }

  static List<String> failed(DraftChecks.Result result) {
    return result.checks().stream()
        .filter(check -> !check.passed())
        .map(CheckResult::name)
        .toList();
  }

  static DraftChecks.Result evaluate(String draft) {
    return evaluate(draft, EmailRequests.ada());
  }

  static DraftChecks.Result evaluate(String draft, EmailRequest request) {
    try {
      return DraftChecks.evaluate(
          LlmDraft.of(JSON.readTree(draft)),
          PromptInput.of(request, EmailRequests.SHOP.shopName()));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
