package io.rekindle.email.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.EmailWriter;
import io.rekindle.email.Variant;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateEmailWriterTest {

  private static final LayoutSettings SETTINGS =
      new LayoutSettings(
          "Fern & Fable",
          "https://shop.example.org/new?from=email&utm=rekindle",
          "Fern & Fable, 1 Mill Lane, Dublin",
          emailId -> "https://shop.example.org/unsubscribe/" + emailId);

  private final EmailWriter writer = new TemplateEmailWriter(SETTINGS);

  @Test
  void shouldWriteTheSampleAsShown() throws IOException {
    Email email = write(user("Ada Lovelace", "Books", "Tea & Coffee", "Garden"));

    assertThat(email.subject()).isEqualTo("Ada Lovelace, there is something new in Books");
    assertThat(email.preheader()).isEqualTo("A good read is waiting for a quiet evening.");
    assertThat(email.text()).isEqualTo(sample("sample.txt"));
    assertThat(email.html()).isEqualTo(sample("sample.html"));
  }

  @Test
  void shouldWriteTheSameEmailForTheSameFacts() {
    assertThat(write(user("Ada", "Books"))).isEqualTo(write(user("Ada", "Books")));
  }

  @Test
  void shouldDoWithoutAnyFacts() {
    Email email = write(new EmailFacts("u1", null, null, 0, null, List.of(), null, null));

    assertThat(email.subject()).isEqualTo("There is something new at Fern & Fable");
    assertThat(email.text()).startsWith("Hello,\n").contains("show you around Fern & Fable");
  }

  /** And says so, to mail programs that read aloud or translate. */
  @Test
  void shouldWriteInTheLanguageOfTheLocale() {
    EmailFacts facts = new EmailFacts("u1", null, null, 0, null, List.of(), "de-DE", null);

    assertThat(write(facts).html()).contains("<html lang=\"de\"").contains(">Abmelden</a>");
  }

  @Test
  void shouldHaveOneCallToAction() {
    String html = write(user("Ada", "Books")).html();

    assertThat(html).containsOnlyOnce("https://shop.example.org/new?from=email&amp;utm=rekindle");
    assertThat(html.split("<a ", -1)).hasSize(3); // the action, and to unsubscribe
  }

  @Test
  void shouldNameTheMonthOfTheLastOrderInTheUsersZone() {
    Instant lastOrder = Instant.parse("2025-03-31T23:30:00Z");

    assertThat(write(lastOrder, "Europe/Warsaw").text()).contains("was in April 2025");
    assertThat(write(lastOrder, "America/Lima").text()).contains("was in March 2025");
    assertThat(write(lastOrder, "Nowhere/Atlantis").text()).contains("was in March 2025");
  }

  @Test
  void shouldOnlyTakeWholeWordsForACategory() {
    assertThat(write(user("Ada", "Tea & Herbs")).preheader()).contains("cup");
    assertThat(write(user("Ada", "Steaks")).preheader()).doesNotContain("cup");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada\r\nBcc: everyone@example.org",
        "Ada\nX: y",
        "Ada\u0085X",
        "Ada\u2028X\u2029Y",
        "Ada\u0000\u0007\u001b[31m",
        "\u202Egnp.exe\u202C",
        "\u2066Ada\u2069",
        "\u200F\u061CAda",
        "Ada\uFEFF\u200B\u00AD",
        "Ada\uD800",
        "\uDC00Ada\uD83D",
        "Ada\uE000\uFFFF",
        "A\uDB40\uDC41da",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "&lt;b&gt;",
        "{{unsubscribeUrl}}{{nothing}}",
        "$1 \\1 %s %n",
        "   \t ",
        "\u200D\u200D\u200D",
      })
  void shouldNeitherForgeNorMislead(String hostile) {
    Email email = write(user(hostile, hostile));

    assertHarmless(email);
    assertThat(email.html()).doesNotContain("<script", "<img", "onmouseover='");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Win at https://evil.example/x",
        "www.evil.example",
        "evil.example",
        "Пиши.рф",
        "call me@evil.example"
      })
  void shouldNotQuoteWhatMailProgramsTurnIntoALink(String hostile) {
    Email email = write(user(hostile, hostile, "Books"));

    assertThat(email.subject()).isEqualTo("There is something new in Books");
    assertThat(email.text()).doesNotContainIgnoringCase("evil").doesNotContain("рф");
    assertThat(email.html()).doesNotContainIgnoringCase("evil").doesNotContain("рф");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Win big now: call 0800 123456",
        "You won 500€ free gift",
        "Ada 123",
        "Ada 5$",
        "Ada 5%",
        "Free coffee",
        "Fr\u200Dee coffee",
        "Your voucher",
      })
  void shouldNotLetANameAdvertise(String name) {
    Email email = write(user(name, "Books"));

    assertThat(email.subject()).isEqualTo("There is something new in Books");
    assertThat(email.text()).startsWith("Hello,\n");
  }

  @Test
  void shouldCutLongFactsBetweenCharacters() {
    assertHarmless(write(user("a".repeat(100_000), "b".repeat(100_000))));
    assertHarmless(write(user("🦊".repeat(500), "👩‍👩‍👧‍👦".repeat(500))));
    assertHarmless(write(user("a" + "\u0301".repeat(10_000), "b" + "\u200Db".repeat(10_000))));
    assertThat(write(user("Wolfeschlegelsteinhausenbergerdorff", "Books")).subject())
        .isEqualTo("Wolfeschlegelsteinhausenberge…, there is something new in Books");
  }

  @Test
  void shouldKeepNamesOfEveryScript() {
    for (String name :
        List.of(
            "Zoë Łęk",
            "李小龙",
            "محمد",
            "می\u200Cخواهم",
            "O'Brien-Smith",
            "J. R. Hart",
            "Ada Price",
            "Ada 2nd")) {
      assertThat(write(user(name, "Books")).subject()).startsWith(name + ", ");
    }
  }

  @Test
  void shouldStayHarmlessForRandomFacts() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      String name = randomText(random);
      String category = randomText(random);
      assertThat(write(user(name, category)))
          .as("seed %d, case %d", seed, i)
          .satisfies(TemplateEmailWriterTest::assertHarmless);
    }
  }

  @Test
  void shouldRefuseAnEmailWithAForgedSubject() {
    assertThatThrownBy(() -> new Email("Hi\r\nBcc: x@example.org", "p", "<p>", "t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("subject");
    assertThatThrownBy(() -> new Email("Hi", "p".repeat(200), "<p>", "t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("preheader");
  }

  @Test
  void shouldRefuseSettingsThatNameNoShop() {
    assertThatThrownBy(() -> new LayoutSettings(" ", "https://a.example", "x", id -> id))
        .hasMessageContaining("shopName");
    assertThatThrownBy(() -> new LayoutSettings("S", "javascript:alert(1)", "x", id -> id))
        .hasMessageContaining("shopUrl");
    assertThatThrownBy(() -> new LayoutSettings("S", "https://a.example", "\n", id -> id))
        .hasMessageContaining("postalAddress");
  }

  private static void assertHarmless(Email email) {
    for (String line : List.of(email.subject(), email.preheader())) {
      assertThat(line).isNotBlank().hasSizeLessThanOrEqualTo(5 * Email.MAX_PREHEADER);
      assertThat(line.codePoints())
          .allSatisfy(
              c ->
                  assertThat(Character.getType(c))
                      .isNotIn(
                          (int) Character.CONTROL,
                          (int) Character.LINE_SEPARATOR,
                          (int) Character.PARAGRAPH_SEPARATOR,
                          (int) Character.SURROGATE,
                          (int) Character.UNASSIGNED));
      assertThat(line).doesNotContainPattern("[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]");
    }
    assertThat(email.html()).doesNotContain("{{").hasSizeLessThan(12_000);
    assertThat(count(email.html(), "<a ")).isEqualTo(2);
    assertThat(count(email.html(), "<")).isEqualTo(count(email.html(), ">"));
    assertThat(email.text()).contains("https://shop.example.org/new?from=email&utm=rekindle\n");
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  private static String randomText(Random random) {
    int[] alphabet = {
      'a', 'B', ' ', '<', '>', '&', '"', '\'', '\r', '\n', 0, 0x1b, 0x85, 0x301, 0x200D, 0x202E,
      0x2028, 0x2067, 0xD800, 0xDC00, 0xE000, 0x1F98A, 0xE0041, '{', '}', '$', '\\', '%', '.', '@'
    };
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(200);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  private Email write(EmailFacts facts) {
    EmailRequest request =
        new EmailRequest("e1", facts, new Variant("friendly", EmailRequests.WINBACK, null, null));
    return writer.write(request).join().email();
  }

  private Email write(Instant lastOrderAt, String zone) {
    return write(
        new EmailFacts("u1", "Ada", lastOrderAt, 1, BigDecimal.TEN, List.of(), "en", zone));
  }

  private static EmailFacts user(String name, String... categories) {
    return new EmailFacts(
        "u1",
        name,
        Instant.parse("2025-03-14T10:00:00Z"),
        12,
        new BigDecimal("50.00"),
        Arrays.asList(categories),
        "en-IE",
        "Europe/Dublin");
  }

  private static String sample(String name) throws IOException {
    try (var stream = TemplateEmailWriterTest.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
