package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.dashboard.signin.OidcSettings;
import io.rekindle.dashboard.web.Role;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DashboardSettingsTest {

  private static final String URL = "jdbc:postgresql://127.0.0.1:5432/rekindle";
  private static final Path DOCUMENT = Path.of("../docs/dashboard-settings.md");

  @Test
  void shouldNeedNoMoreThanTheDatabase() throws Exception {
    DashboardSettings settings = DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", URL));

    assertThat(settings.host()).isEqualTo("127.0.0.1");
    assertThat(settings.port()).isEqualTo(8080);
    assertThat(settings.https()).isFalse();
    assertThat(settings.trustProxy()).isFalse();
    assertThat(settings.database())
        .isEqualTo(new DashboardSettings.DatabaseSettings(URL, "rekindle_api", ""));
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
                    Map.entry("REKINDLE_DASHBOARD_SESSION_IDLE", "PT1H"),
                    Map.entry("REKINDLE_DASHBOARD_SESSION_LONGEST", "P1D"),
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
                    Map.entry("REKINDLE_FLINK_URL", "http://127.0.0.1:8081"),
                    Map.entry("REKINDLE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
                    Map.entry("REKINDLE_KAFKA_TOPIC_PREFIX", "shop"),
                    Map.entry("REKINDLE_REPLICATION_SLOT", "other"))))
        .isEqualTo(
            new DashboardSettings(
                "0.0.0.0",
                9000,
                Optional.of(URI.create("https://rekindle.example")),
                true,
                new DashboardSettings.DatabaseSettings(URL, "reader", "secret"),
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
                            "realm_access.roles",
                            Map.of("it", Role.ADMIN, "staff", Role.VIEWER),
                            "Example"))),
                new DashboardSettings.PipelineSettings(
                    Optional.of(URI.create("http://127.0.0.1:8081")),
                    Optional.of("127.0.0.1:9092"),
                    "shop",
                    "other"),
                true,
                true,
                7));
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
                        "REKINDLE_DASHBOARD_SESSION_IDLE", "12 h",
                        "REKINDLE_DATABASE_URL", "jdbc:mysql://127.0.0.1/shop?password=secret")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DASHBOARD_HOST is \"not a host\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PORT is \"65536\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PUBLIC_URL is \"ftp://x\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_TRUST_PROXY is \"maybe\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_ADMIN_PASSWORD has to have")
        .hasMessageContaining("REKINDLE_DASHBOARD_SESSION_IDLE is \"12 h\"")
        .hasMessageContaining("REKINDLE_DATABASE_URL is no such URL")
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
        .hasMessageContaining("nobody could sign in");
  }

  @Test
  void shouldRefuseToStartWithoutADatabase() {
    assertThatThrownBy(() -> DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", " ")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DATABASE_URL is not set");
  }

  @Test
  void shouldExplainEverySettingInTheHelp() {
    assertThat(DashboardSettings.help())
        .contains("REKINDLE_DASHBOARD_HOST", "Default: 127.0.0.1")
        .contains("REKINDLE_DATABASE_URL", "Required.")
        .contains("REKINDLE_DATABASE_PASSWORD", "Default: none.");
  }

  @Test
  void shouldHaveTheSameTableInTheDocuments() throws Exception {
    String introduction =
        """
        # Settings of the dashboard

        All come from the environment; `--help` lists them. Wrong and missing ones are named all at
        once, and nothing is started.

        After a change of a setting in `DashboardSettings.java`, write this table anew with
        `mvn -pl dashboard-api -am test -Dtest=DashboardSettingsTest -Drekindle.write-docs -Dsurefire.failIfNoSpecifiedTests=false`.

        """;
    String written = Files.readString(DOCUMENT);
    String rest = written.substring(written.indexOf("\n## "));
    String expected = introduction + DashboardSettings.table() + rest;
    if (System.getProperty("rekindle.write-docs") != null) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(DOCUMENT).hasContent(expected);
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
