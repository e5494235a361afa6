package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.signin.OidcSettings;
import io.rekindle.platform.settings.DatabaseLogin;
import io.rekindle.platform.settings.InvalidSettingsException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DashboardSettingsTest {

  private static final String URL = "jdbc:postgresql://127.0.0.1:5432/rekindle";

  @Test
  void shouldNeedNoMoreThanTheDatabase() throws Exception {
    DashboardSettings settings = DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", URL));

    assertThat(settings.host()).isEqualTo("127.0.0.1");
    assertThat(settings.port()).isEqualTo(8080);
    assertThat(settings.https()).isFalse();
    assertThat(settings.trustProxy()).isFalse();
    assertThat(settings.database()).isEqualTo(new DatabaseLogin(URL, "rekindle_api", ""));
    assertThat(settings.signIn())
        .isEqualTo(
            new DashboardSettings.SignInSettings(
                "admin@rekindle.local",
                Optional.empty(),
                Duration.ofHours(12),
                Duration.ofDays(7),
                true,
                Optional.empty()));
    assertThat(settings.pipeline())
        .isEqualTo(
            new DashboardSettings.PipelineSettings(
                Optional.empty(), Optional.empty(), "rekindle", "rekindle"));
    assertThat(settings.metricsPublic()).isFalse();
    assertThat(settings.scoreOverrides()).isFalse();
    assertThat(settings.writesPerMinute()).isEqualTo(3_000);
  }

  @Test
  void shouldTakeEverySettingFromTheEnvironment() throws Exception {
    assertThat(
            DashboardSettings.from(
                Map.ofEntries(
                    Map.entry("REKINDLE_DASHBOARD_HOST", "0.0.0.0"),
                    Map.entry("REKINDLE_DASHBOARD_PORT", "9000"),
                    Map.entry("REKINDLE_DASHBOARD_PUBLIC_URL", "https://rekindle.example"),
                    Map.entry("REKINDLE_DASHBOARD_TRUST_PROXY", "true"),
                    Map.entry("REKINDLE_DATABASE_URL", URL),
                    Map.entry("REKINDLE_DATABASE_USER", "reader"),
                    Map.entry("REKINDLE_DATABASE_PASSWORD", "secret"),
                    Map.entry("REKINDLE_DASHBOARD_ADMIN_EMAIL", "a@b"),
                    Map.entry("REKINDLE_DASHBOARD_ADMIN_PASSWORD", "twelve letters"),
                    Map.entry("REKINDLE_DASHBOARD_SESSION_IDLE", "1 h"),
                    Map.entry("REKINDLE_DASHBOARD_SESSION_MAX", "1 d"),
                    Map.entry("REKINDLE_DASHBOARD_PASSWORD_SIGN_IN", "false"),
                    Map.entry("REKINDLE_OIDC_ISSUER", "https://id.example/realm"),
                    Map.entry("REKINDLE_OIDC_CLIENT_ID", "rekindle"),
                    Map.entry("REKINDLE_OIDC_CLIENT_SECRET", "hush"),
                    Map.entry("REKINDLE_OIDC_SCOPES", "openid email"),
                    Map.entry("REKINDLE_OIDC_ROLE_CLAIM", "realm_access.roles"),
                    Map.entry("REKINDLE_OIDC_ROLES", "it=ADMIN, staff=VIEWER"),
                    Map.entry("REKINDLE_OIDC_NAME", "Example"),
                    Map.entry("REKINDLE_DASHBOARD_METRICS_PUBLIC", "true"),
                    Map.entry("REKINDLE_DASHBOARD_SCORE_OVERRIDES", "true"),
                    Map.entry("REKINDLE_DASHBOARD_WRITES_PER_MINUTE", "7"),
                    Map.entry("REKINDLE_DASHBOARD_AUDIT_RETENTION", "90 d"),
                    Map.entry("REKINDLE_DASHBOARD_RECONSTRUCTION", "false"),
                    Map.entry("REKINDLE_DASHBOARD_RECONSTRUCTION_PAUSE", "2 s"),
                    Map.entry("REKINDLE_FLINK_URL", "http://127.0.0.1:8081"),
                    Map.entry("REKINDLE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
                    Map.entry("REKINDLE_KAFKA_TOPIC_PREFIX", "shop"),
                    Map.entry("REKINDLE_DASHBOARD_MESSAGE_COST_USD", "0.0004"),
                    Map.entry("REKINDLE_SHOP_NAME", "Fern & Fable"),
                    Map.entry("REKINDLE_SHOP_URL", "https://shop.example/new"),
                    Map.entry("REKINDLE_SHOP_POSTAL_ADDRESS", "1 Mill Lane"),
                    Map.entry("REKINDLE_REPLICATION_SLOT", "other"))))
        .isEqualTo(
            new DashboardSettings(
                "0.0.0.0",
                9000,
                Optional.of(URI.create("https://rekindle.example")),
                true,
                new DatabaseLogin(URL, "reader", "secret"),
                new DashboardSettings.SignInSettings(
                    "a@b",
                    Optional.of("twelve letters"),
                    Duration.ofHours(1),
                    Duration.ofDays(1),
                    false,
                    Optional.of(
                        new OidcSettings(
                            "https://id.example/realm",
                            "rekindle",
                            Optional.of("hush"),
                            "openid email",
                            "email",
                            "realm_access.roles",
                            Map.of("it", Role.ADMIN, "staff", Role.VIEWER),
                            "Example"))),
                new DashboardSettings.PipelineSettings(
                    Optional.of(URI.create("http://127.0.0.1:8081")),
                    Optional.of(new KafkaLogin("127.0.0.1:9092", null)),
                    "shop",
                    "other"),
                true,
                true,
                7,
                Duration.ofDays(90),
                false,
                Duration.ofSeconds(2),
                new DashboardSettings.WritingSettings(
                    "Fern & Fable", "https://shop.example/new", "1 Mill Lane", Optional.empty()),
                new BigDecimal("0.0004")));
  }

  @Test
  void shouldNameEveryWrongSettingAtOnce() {
    assertThatThrownBy(
            () ->
                DashboardSettings.from(
                    Map.of(
                        "REKINDLE_DASHBOARD_HOST", "not a host",
                        "REKINDLE_DASHBOARD_PORT", "65536",
                        "REKINDLE_DASHBOARD_PUBLIC_URL", "ftp://x",
                        "REKINDLE_DASHBOARD_TRUST_PROXY", "maybe",
                        "REKINDLE_DASHBOARD_ADMIN_PASSWORD", "short",
                        "REKINDLE_DASHBOARD_SESSION_IDLE", "PT12H",
                        "REKINDLE_DATABASE_URL", "jdbc:mysql://127.0.0.1/shop?password=secret")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DASHBOARD_HOST is \"not a host\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PORT is \"65536\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PUBLIC_URL is \"ftp://x\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_TRUST_PROXY is \"maybe\"")
        .hasMessageContaining(
            "REKINDLE_DASHBOARD_ADMIN_PASSWORD is not valid: give 12 to 200 characters.")
        .hasMessageContaining("REKINDLE_DASHBOARD_SESSION_IDLE is \"PT12H\"")
        .hasMessageContaining("REKINDLE_DATABASE_URL is not valid: give a JDBC URL")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("short");
  }

  @Test
  void shouldNameWhatAnOpenIdProviderLacks() {
    assertThatThrownBy(
            () ->
                DashboardSettings.from(
                    Map.of(
                        "REKINDLE_DATABASE_URL", URL,
                        "REKINDLE_DASHBOARD_HOST", "0.0.0.0",
                        "REKINDLE_OIDC_ISSUER", "http://id.example",
                        "REKINDLE_OIDC_ROLES", "staff=EMPEROR",
                        "REKINDLE_OIDC_SCOPES", "email")))
        .hasMessageContaining(
            "REKINDLE_OIDC_ISSUER is \"http://id.example\": give a URL with https")
        .hasMessageContaining("REKINDLE_OIDC_CLIENT_ID is not set")
        .hasMessageContaining("REKINDLE_OIDC_ROLES is \"staff=EMPEROR\"")
        .hasMessageContaining("REKINDLE_OIDC_SCOPES is \"email\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PUBLIC_URL is not set");
    assertThatThrownBy(
            () ->
                DashboardSettings.from(
                    Map.of(
                        "REKINDLE_DATABASE_URL",
                        URL,
                        "REKINDLE_DASHBOARD_PASSWORD_SIGN_IN",
                        "false")))
        .hasMessageContaining("otherwise no sign-in is possible");
  }

  @Test
  void shouldRefuseToStartWithoutADatabase() {
    assertThatThrownBy(() -> DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", " ")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DATABASE_URL is not set");
  }

  @Test
  void shouldExplainEverySettingInTheHelp() {
    assertThat(DashboardSettings.SETTINGS.help())
        .contains("REKINDLE_DASHBOARD_HOST  (default 127.0.0.1)")
        .contains("REKINDLE_DATABASE_URL  (required)")
        .contains("REKINDLE_DATABASE_PASSWORD\n");
  }

  @Test
  void shouldNotPrintThePasswords() throws Exception {
    assertThat(
            DashboardSettings.from(
                Map.of(
                    "REKINDLE_DATABASE_URL", URL + "?password=one-secret",
                    "REKINDLE_DATABASE_PASSWORD", "two-secret",
                    "REKINDLE_OIDC_ISSUER", "https://id.example",
                    "REKINDLE_OIDC_CLIENT_ID", "rekindle",
                    "REKINDLE_OIDC_ROLES", "staff=VIEWER",
                    "REKINDLE_OIDC_CLIENT_SECRET", "four-secret",
                    "REKINDLE_DASHBOARD_ADMIN_PASSWORD", "three-secret")))
        .asString()
        .doesNotContain("secret");
  }
}
