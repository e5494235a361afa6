package io.rekindle.local.stack;

import io.rekindle.local.server.StackInfo;
import io.rekindle.local.stack.StackStatus.Model;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** The emails that a model wrote, and those that it was to write. */
final class ModelWriting {

  private static final String QUERY =
      """
      select count(*) filter (where recent) as required,
        count(*) filter (where recent and generated_by = 'LLM') as wrote,
        mode() within group (order by fallback_reason)
          filter (where recent and fallback_reason is not null) as reason,
        (array_agg(model_asked order by generated_at desc))[1] as name,
        (array_agg(request_form order by generated_at desc)
          filter (where request_form is not null))[1] as form
      from engagement.emails
      cross join lateral (select generated_at > now() - interval '10 minutes' as recent) as age
      where model_asked is not null and generated_at > now() - interval '1 day'
      """;

  private ModelWriting() {}

  /** Empty if no model was to write an email for a day. */
  static Optional<Model> read(StackInfo info, Duration timeout) throws SQLException {
    try (Connection connection = info.ownerDatabase(timeout).getConnection()) {
      return read(connection);
    }
  }

  static Optional<Model> read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      row.next();
      String name = row.getString("name");
      long required = row.getLong("required");
      long wrote = row.getLong("wrote");
      return name == null
          ? Optional.empty()
          : Optional.of(
              new Model(
                  name,
                  row.getString("form"),
                  required,
                  wrote,
                  row.getString("reason"),
                  wrote > 0 || required == 0));
    }
  }
}
