package io.rekindle.email.sender.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.email.sender.settings.SenderSettings.Mode;
import io.rekindle.email.sender.settings.SenderSettings.Security;
import io.rekindle.platform.settings.InvalidSettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SenderSettingsTest {

  private static final Map<String, String> NEEDED =
      Map.of(
          "REKINDLE_DATABASE_URL", "jdbc:postgresql://127.0.0.1:5432/rekindle?password=url-secret",
          "REKINDLE_UNSUBSCRIBE_BASE_URL", "https://mail.shop.example",
          "REKINDLE_UNSUBSCRIBE_SECRET", "link-secret-link-secret-link-secret",
          "REKINDLE_SMTP_HOST", "smtp.example",
          "REKINDLE_MAIL_FROM", "hello@shop.example");

  @Test
  void shouldBeSafeByDefault() throws Exception {
    SenderSettings settings = settings(NEEDED);

    assertThat(settings.mode()).isEqualTo(Mode.SMTP);
    assertThat(settings.http().host()).isEqualTo("127.0.0.1");
    assertThat(settings.smtp().port()).isEqualTo(587);
    assertThat(settings.smtp().security()).isEqualTo(Security.STARTTLS);
    assertThat(settings.database().user()).isEqualTo("rekindle_sender");
    assertThat(settings.identity().returnPath()).isEqualTo("hello@shop.example");
    assertThat(settings.identity().domain()).isEqualTo("shop.example");
    assertThat(settings.identity().replyTo()).isNull();
    assertThat(settings.delivery().lease()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.delivery().expiry()).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void shouldNameEveryWrongSettingAtOnceAndNoSecret() {
    Map<String, String> wrong =
        Map.ofEntries(
            Map.entry("REKINDLE_DATABASE_URL", "jdbc:mysql://a?password=url-secret"),
            Map.entry("REKINDLE_UNSUBSCRIBE_BASE_URL", "mail.shop.example"),
            Map.entry("REKINDLE_UNSUBSCRIBE_SECRET", "too-short-secret"),
            Map.entry(
                "REKINDLE_UNSUBSCRIBE_OLD_SECRETS",
                "link-secret-link-secret-link-secret,short-old"),
            Map.entry("REKINDLE_SENDER_MODE", "pigeon"),
            Map.entry("REKINDLE_SENDER_PORT", "65536"),
            Map.entry("REKINDLE_SENDER_RATE", "0"),
            Map.entry("REKINDLE_SENDER_METRICS_PUBLIC", "yes"),
            Map.entry("REKINDLE_SMTP_HOST", "not a host"),
            Map.entry("REKINDLE_SMTP_SECURITY", "rot13"),
            Map.entry("REKINDLE_MAIL_FROM", "Shop <hello@shop.example>"),
            Map.entry("REKINDLE_MAIL_FROM_NAME", "a\r\nBcc: b@example.com"),
            Map.entry("REKINDLE_MAIL_DOMAIN", "shop example"),
            Map.entry("REKINDLE_SMTP_PASSWORD", "smtp-secret"));

    assertThatThrownBy(() -> settings(wrong))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll(
            "REKINDLE_DATABASE_URL is not valid: give a JDBC URL",
            "REKINDLE_UNSUBSCRIBE_SECRET is not valid: give at least 32 characters.",
            "REKINDLE_SENDER_MODE is \"pigeon\": give smtp or log.",
            "REKINDLE_UNSUBSCRIBE_OLD_SECRETS is not valid: give secrets of at least 32 characters",
            "REKINDLE_SENDER_PORT is \"65536\"",
            "REKINDLE_SENDER_METRICS_PUBLIC is \"yes\": give true or false.",
            "REKINDLE_SENDER_RATE is \"0\": give a whole number from 1 to 10000.",
            "REKINDLE_SMTP_HOST is \"not a host\"",
            "REKINDLE_SMTP_SECURITY is \"rot13\"",
            "REKINDLE_MAIL_FROM is",
            "REKINDLE_MAIL_FROM_NAME is \"a Bcc: b@example.com\"",
            "REKINDLE_MAIL_DOMAIN is")
        .hasMessageNotContaining("secret\"")
        .hasMessageNotContaining("url-secret")
        .hasMessageNotContaining("too-short-secret")
        .hasMessageNotContaining("smtp-secret");
  }

  @Test
  void shouldNameWhatIsMissing() {
    assertThatThrownBy(() -> settings(Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll(NEEDED.keySet().toArray(String[]::new));
  }

  @Test
  void shouldNeedNoServerToLogOnly() throws Exception {
    Map<String, String> environment = new HashMap<>(NEEDED);
    environment.remove("REKINDLE_SMTP_HOST");
    environment.remove("REKINDLE_MAIL_FROM");
    environment.put("REKINDLE_SENDER_MODE", "log");

    assertThat(settings(environment).mode()).isEqualTo(Mode.LOG);
  }

  @Test
  void shouldNotSendAPasswordInTheClear() throws Exception {
    Map<String, String> environment = new HashMap<>(NEEDED);
    environment.put("REKINDLE_SMTP_USER", "shop");
    environment.put("REKINDLE_SMTP_SECURITY", "none");
    environment.put("REKINDLE_SMTP_HOST", "192.0.2.1");

    assertThatThrownBy(() -> settings(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_SMTP_SECURITY is \"none\"");
    environment.put("REKINDLE_SMTP_HOST", "127.0.0.1");
    assertThat(settings(environment).smtp().user()).isEqualTo("shop");
  }

  @Test
  void shouldPrintNoSecret() throws Exception {
    Map<String, String> environment = new HashMap<>(NEEDED);
    environment.put("REKINDLE_DATABASE_PASSWORD", "db-secret");
    environment.put("REKINDLE_SMTP_PASSWORD", "smtp-secret");

    assertThat(settings(environment).toString()).doesNotContain("-secret");
  }

  @Test
  void shouldTakeDurationsWithTheirUnits() {
    Map<String, String> environment = new HashMap<>(NEEDED);
    environment.put("REKINDLE_SENDER_LEASE", "10 s");
    environment.put("REKINDLE_SENDER_RETRY", "5 s");
    environment.put("REKINDLE_SENDER_EXPIRE", "24 h");
    environment.put("REKINDLE_SENDER_POLL", "20 ms");
    environment.put("REKINDLE_SMTP_TIMEOUT", "30 s");

    SenderSettings settings = settings(environment);

    assertThat(settings.delivery().lease()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.delivery().firstRetry()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.delivery().expiry()).isEqualTo(Duration.ofDays(1));
    assertThat(settings.delivery().poll()).isEqualTo(Duration.ofMillis(20));
    assertThat(settings.smtp().timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shouldExplainEverySetting() {
    assertThat(SenderSettings.SETTINGS.help()).contains(NEEDED.keySet());
    assertThat(SenderSettings.SETTINGS.help().lines().filter(line -> line.contains("REKINDLE_")))
        .hasSizeGreaterThan(20)
        .doesNotHaveDuplicates();
  }

  private static SenderSettings settings(Map<String, String> environment) {
    return SenderSettings.of(SenderSettings.SETTINGS.read(environment));
  }
}
