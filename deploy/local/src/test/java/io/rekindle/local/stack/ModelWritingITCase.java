package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.ShopDatabase;
import io.rekindle.local.stack.StackStatus.Model;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelWritingITCase {

  @RegisterExtension static final ShopDatabase DATABASE = new ShopDatabase();

  @Test
  void shouldKnowNothingOfAShopWithoutAModel() throws Exception {
    assertThat(read()).isEmpty();
    email("null", "TEMPLATE", "null", "null", "1 minute");
    assertThat(read()).isEmpty();
  }

  @Test
  void shouldCountWhatTheModelWrote() throws Exception {
    email("'m'", "LLM", "null", "'json_schema max_tokens system_turn'", "1 minute");
    email("'m'", "TEMPLATE", "'TIMEOUT'", "'json_object max_tokens system_turn'", "2 minutes");
    assertThat(read())
        .contains(new Model("m", "json_schema max_tokens system_turn", 2, 1, "TIMEOUT", true));
  }

  @Test
  void shouldSayThatTheModelWritesNothing() throws Exception {
    email("'m'", "LLM", "null", "'json_schema max_tokens system_turn'", "11 minutes");
    email("'m'", "TEMPLATE", "'HTTP_401'", "null", "2 minutes");
    email("'m'", "TEMPLATE", "'HTTP_401'", "null", "1 minute");
    email("'m'", "TEMPLATE", "'RATE'", "null", "1 minute");
    assertThat(read())
        .contains(new Model("m", "json_schema max_tokens system_turn", 3, 0, "HTTP_401", false));
  }

  @Test
  void shouldNotWantAModelToWriteWhereNoEmailIsWanted() throws Exception {
    email("'m'", "LLM", "null", "null", "3 hours");
    assertThat(read()).contains(new Model("m", null, 0, 0, null, true));
    DATABASE.execute("update engagement.emails set generated_at = now() - interval '2 days'");
    assertThat(read()).isEmpty();
  }

  private static Optional<Model> read() throws SQLException {
    try (Connection connection = DATABASE.connect()) {
      return ModelWriting.read(connection);
    }
  }

  private static void email(String asked, String by, String reason, String form, String age)
      throws SQLException {
    DATABASE.execute(
        "insert into engagement.emails (user_id, model_asked, generated_by, fallback_reason,"
            + " request_form, generated_at) values ('u', %s, '%s', %s, %s, now() - interval '%s')"
                .formatted(asked, by, reason, form, age));
  }
}
