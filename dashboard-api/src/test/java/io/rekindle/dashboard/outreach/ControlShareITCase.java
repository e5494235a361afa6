package io.rekindle.dashboard.outreach;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.scoring.contact.ContactRule;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The share of the permanent control group as a setting, and who belongs to it. */
class ControlShareITCase extends DashboardTestBase {

  private static final String SETTINGS = "/api/outreach-settings";

  @Test
  void shouldChangeTheShareAndSayWhoDidIt() throws Exception {
    HttpResponse<String> read = admin.get(SETTINGS);
    assertThat(json(read).get("controlShare").doubleValue()).isZero();
    String version = read.headers().firstValue("ETag").orElseThrow();
    try {
      JsonNode changed = json(admin.with("If-Match", version).put(SETTINGS, share("0.05")));
      assertThat(changed.get("controlShare").doubleValue()).isEqualTo(0.05);
      assertThat(database.value("select control_share from engagement.outreach_settings"))
          .isEqualTo("0.05");
      assertThat(admin.with("If-Match", version).put(SETTINGS, share("0.1")).statusCode())
          .isEqualTo(412);
      JsonNode entry = json(admin.get("/api/audit-log")).at("/items/0");
      assertThat(entry.at("/before/controlShare").doubleValue()).isZero();
      assertThat(entry.at("/after/controlShare").doubleValue()).isEqualTo(0.05);
      assertThat(json(admin.post(SETTINGS + "/rollback", "{}")).get("controlShare").doubleValue())
          .isZero();
    } finally {
      database.execute("update engagement.outreach_settings set control_share = 0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.200001", "-0.01", "1", "0.0000001", "null", "\"some\""})
  void shouldRefuseAShareThatIsNone(String share) throws Exception {
    HttpResponse<String> refused = admin.put(SETTINGS, share(share));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo("controlShare");
    assertThat(database.value("select control_share from engagement.outreach_settings"))
        .isEqualTo("0");
  }

  private static String share(String share) {
    return "{\"controlShare\": " + share + "}";
  }

  /** With another salt the comparison would begin anew. */
  @Test
  void shouldNotLetTheDashboardChooseOtherClients() {
    assertThatThrownBy(
            () ->
                database.executeAsApi(
                    "update engagement.outreach_settings set control_salt = 'other'"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  @Test
  void shouldSayOfAClientWhyThereIsNoEmail() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, marketing_consent)
          values ('in-a-control-group', 'c@example.org', true),
            ('outside-control-group', 'o@example.org', true);
        update engagement.outreach_settings set control_share = 0.2, holdout_share = 0;
        """);
    try {
      for (JsonNode client : json(admin.get("/api/users")).get("items")) {
        assertThat(client.get("contactObstacle").textValue())
            .isEqualTo(
                client.get("userId").textValue().equals("in-a-control-group")
                    ? "CONTROL_GROUP"
                    : null);
      }
      assertThat(json(admin.get("/api/users?contactable=true")).get("items"))
          .extracting(client -> client.get("userId").textValue())
          .containsExactly("outside-control-group");
      assertThat(admin.get("/settings/outreach").body())
          .contains("Permanent control group, in percent", "value=\"20\"");
    } finally {
      database.execute(
          "update engagement.outreach_settings set control_share = 0, holdout_share = default");
    }
  }

  @Test
  void shouldAgreeWithTheJobOnWhoBelongsToIt() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Connection connection = database.connect();
        PreparedStatement statement =
            connection.prepareStatement("select engagement.in_control_group(?, ?, ?)")) {
      int in = 0;
      for (int i = 0; i < 1_000; i++) {
        String salt = text(random);
        String user = text(random);
        int ppm = random.nextInt(10) == 0 ? 0 : random.nextInt(200_001);
        statement.setString(1, salt);
        statement.setString(2, user);
        statement.setBigDecimal(3, BigDecimal.valueOf(ppm, 6));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          boolean expected = ContactRule.isControl(user, salt, ppm);
          assertThat(row.getBoolean(1))
              .as("salt %s, user %s, share %s, seed %s", salt, user, ppm, seed)
              .isEqualTo(expected);
          in += expected ? 1 : 0;
        }
      }
      assertThat(in).as("members of all groups, seed %s", seed).isBetween(30, 200);
    }
  }

  /** Of any characters that Postgres stores. */
  private static String text(Random random) {
    return random
        .ints(1 + random.nextInt(20), 1, 0x20000)
        .filter(character -> character < 0xD800 || character > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .insert(0, 'u')
        .toString();
  }
}
