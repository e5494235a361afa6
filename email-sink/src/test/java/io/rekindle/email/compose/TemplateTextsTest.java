package io.rekindle.email.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The template says everything in every language of emails. */
class TemplateTextsTest {

  private static final String PLURAL = "\\.(zero|one|two|few|many|other)$";

  @Test
  void shouldHaveEveryTextInEveryLanguage() {
    Set<String> expected = keysWithoutPlurals(texts("en"));
    for (Language language : Language.all()) {
      assertThat(keysWithoutPlurals(texts(language.code())))
          .as(language.name())
          .isEqualTo(expected);
    }
  }

  @Test
  void shouldHaveExactlyThePluralFormsThatEachLanguageNeeds() {
    for (Language language : Language.all()) {
      Properties texts = texts(language.code());
      for (String key : Set.of("orders", "selection")) {
        Set<String> forms = new TreeSet<>();
        texts.stringPropertyNames().stream()
            .filter(name -> name.matches(key + PLURAL))
            .forEach(name -> forms.add(name.substring(key.length() + 1)));
        assertThat(forms)
            .as("%s: %s", language.name(), key)
            .containsExactlyInAnyOrderElementsOf(PluralRule.of(language.code()).categories());
      }
    }
  }

  @Test
  void shouldFillTheSamePlaceholdersInEveryLanguage() {
    Map<String, Set<String>> expected = placeholders(texts("en"));
    for (Language language : Language.all()) {
      placeholders(texts(language.code()))
          .forEach(
              (key, names) ->
                  assertThat(names)
                      .as("%s: %s", language.name(), key)
                      .isEqualTo(expected.get(key)));
    }
  }

  @Test
  void shouldHaveAnInvitationForEveryCategoryWithWords() {
    for (String key : TemplateTexts.categoryKeys()) {
      for (Language language : Language.all()) {
        assertThat(texts(language.code()).getProperty("invitation." + key))
            .as("%s: %s", language.name(), key)
            .isNotBlank();
      }
    }
  }

  private static Properties texts(String code) {
    return Resources.properties(TemplateTexts.class, "template/" + code + ".properties");
  }

  private static Set<String> keysWithoutPlurals(Properties texts) {
    Set<String> keys = new TreeSet<>();
    texts.stringPropertyNames().forEach(name -> keys.add(name.replaceFirst(PLURAL, "")));
    return keys;
  }

  private static Map<String, Set<String>> placeholders(Properties texts) {
    Map<String, Set<String>> all = new HashMap<>();
    for (String name : texts.stringPropertyNames()) {
      all.put(name.replaceFirst(PLURAL, ""), Placeholders.BRACES.names(texts.getProperty(name)));
    }
    return all;
  }
}
