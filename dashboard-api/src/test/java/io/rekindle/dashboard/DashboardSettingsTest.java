package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DashboardSettingsTest {

  private static final String URL = "jdbc:postgresql://127.0.0.1:5432/rekindle";

  @Test
  void shouldNeedNoMoreThanTheDatabase() throws Exception {
    assertThat(DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", URL)))
        .isEqualTo(new DashboardSettings("127.0.0.1", 8080, URL, "rekindle_api", ""));
  }

  @Test
  void shouldTakeEverySettingFromTheEnvironment() throws Exception {
    assertThat(
            DashboardSettings.from(
                Map.of(
                    "REKINDLE_DASHBOARD_HOST", "0.0.0.0",
                    "REKINDLE_DASHBOARD_PORT", "9000",
                    "REKINDLE_DATABASE_URL", URL,
                    "REKINDLE_DATABASE_USER", "reader",
                    "REKINDLE_DATABASE_PASSWORD", "secret")))
        .isEqualTo(new DashboardSettings("0.0.0.0", 9000, URL, "reader", "secret"));
  }

  @Test
  void shouldNameEveryWrongSettingAtOnce() {
    assertThatThrownBy(
            () ->
                DashboardSettings.from(
                    Map.of(
                        "REKINDLE_DASHBOARD_HOST", "not a host",
                        "REKINDLE_DASHBOARD_PORT", "65536",
                        "REKINDLE_DATABASE_URL", "jdbc:mysql://127.0.0.1/shop?password=secret")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DASHBOARD_HOST is \"not a host\"")
        .hasMessageContaining("REKINDLE_DASHBOARD_PORT is \"65536\"")
        .hasMessageContaining("REKINDLE_DATABASE_URL is no such URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldRefuseToStartWithoutADatabase() {
    assertThatThrownBy(() -> DashboardSettings.from(Map.of("REKINDLE_DATABASE_URL", " ")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("REKINDLE_DATABASE_URL is not set");
  }

  @Test
  void shouldExplainEverySettingInTheHelp() throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of("REKINDLE_DATABASE_URL", URL));
    DashboardSettings defaults = DashboardSettings.from(environment);

    assertThat(DashboardSettings.help())
        .contains("REKINDLE_DASHBOARD_HOST", "Default: " + defaults.host())
        .contains("REKINDLE_DASHBOARD_PORT", "Default: " + defaults.port())
        .contains("REKINDLE_DATABASE_URL", "Required.")
        .contains("REKINDLE_DATABASE_USER", "Default: " + defaults.databaseUser())
        .contains("REKINDLE_DATABASE_PASSWORD", "Default: none.");
  }

  @Test
  void shouldNotPrintThePassword() {
    assertThat(new DashboardSettings("127.0.0.1", 1, URL + "?password=pa", "reader", "ss"))
        .asString()
        .doesNotContain("pa", "ss=");
  }
}
