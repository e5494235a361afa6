package io.rekindle.dashboard.outreach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The row of engagement.outreach_settings.
 *
 * @param cooldownDays between two emails to one client
 * @param staleDays a risk that began longer ago is not written about
 * @param dailyCap most emails of a UTC day
 * @param quietFrom no email leaves from then on in the client's own day, as in 21:00
 * @param quietUntil until then
 * @param experimentId a new name begins a new experiment
 * @param holdoutShare of all decisions, 0 to 1
 * @param variants name, weight, prompt, tone and offer of each
 */
public record OutreachSettings(
    boolean enabled,
    int cooldownDays,
    int staleDays,
    int dailyCap,
    String quietFrom,
    String quietUntil,
    String experimentId,
    BigDecimal holdoutShare,
    JsonNode variants,
    String updatedBy,
    Instant updatedAt) {

  private static final int MAX_VARIANTS = 16;
  private static final String HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]";

  static OutreachSettings read(Handle handle) {
    return handle
        .createQuery("select * from engagement.outreach_settings")
        .map(OutreachSettings::row)
        .one();
  }

  /** Nobody else changes them until the transaction ends. */
  static OutreachSettings lock(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.outreach_settings'))");
    return read(handle);
  }

  /** This with the fields that a request names; mistakes are the fields' to tell. */
  OutreachSettings with(JsonFields body) {
    Boolean newEnabled = body.bool("enabled");
    Integer cooldown = body.integer("cooldownDays", 0, 3650);
    Integer stale = body.integer("staleDays", 0, 3650);
    Integer cap = body.integer("dailyCap", 0, Integer.MAX_VALUE);
    String from = hour(body, "quietFrom");
    String until = hour(body, "quietUntil");
    String experiment = body.text("experimentId", 128);
    if (experiment != null && experiment.isBlank()) {
      body.reject("experimentId", "has to be a name.");
    }
    BigDecimal share = body.decimal("holdoutShare", "0", "1", 6);
    JsonNode newVariants = body.has("variants") ? variants(body) : null;
    return new OutreachSettings(
        newEnabled == null ? enabled : newEnabled,
        cooldown == null ? cooldownDays : cooldown,
        stale == null ? staleDays : stale,
        cap == null ? dailyCap : cap,
        from == null ? quietFrom : from,
        until == null ? quietUntil : until,
        experiment == null ? experimentId : experiment,
        share == null ? holdoutShare : share,
        newVariants == null ? variants : newVariants,
        updatedBy,
        updatedAt);
  }

  OutreachSettings write(Handle handle, String by) {
    return handle
        .createQuery(
            """
            update engagement.outreach_settings
            set enabled = :enabled, cooldown_days = :cooldown, stale_days = :stale,
                daily_cap = :cap, quiet_from = cast(:from as time),
                quiet_until = cast(:until as time), experiment_id = :experiment,
                holdout_share = :share, variants = cast(:variants as jsonb), updated_by = :by
            returning *
            """)
        .bind("enabled", enabled)
        .bind("cooldown", cooldownDays)
        .bind("stale", staleDays)
        .bind("cap", dailyCap)
        .bind("from", quietFrom)
        .bind("until", quietUntil)
        .bind("experiment", experimentId)
        .bind("share", holdoutShare)
        .bind("variants", variants.toString())
        .bind("by", by)
        .map(OutreachSettings::row)
        .one();
  }

  private static String hour(JsonFields body, String name) {
    String hour = body.text(name, 5);
    if (hour != null && !hour.matches(HOUR)) {
      body.reject(name, "has to be a time of day such as 21:00.");
    }
    return hour;
  }

  private static JsonNode variants(JsonFields body) {
    List<JsonFields> items = body.objects("variants", MAX_VARIANTS);
    ArrayNode variants = Json.MAPPER.createArrayNode();
    Set<String> names = new HashSet<>();
    List<BigDecimal> weights = new ArrayList<>();
    for (JsonFields item : items) {
      String name = item.requiredText("name", 64);
      if (name != null
          && (!name.matches("[A-Za-z0-9_.-]{1,64}")
              || name.equals("HOLDOUT")
              || !names.add(name))) {
        item.reject(
            "name", "has to be of its own: letters, digits and _.-, and other than HOLDOUT.");
      }
      int before = item.mistakes();
      BigDecimal weight = item.decimal("weight", "0", "1000000", 6);
      if (weight == null && item.mistakes() == before) {
        item.reject("weight", "is required.");
      }
      weights.add(weight == null ? BigDecimal.ONE : weight);
      String prompt = item.requiredText("prompt", 64);
      if (prompt != null && !prompt.matches("[a-z0-9-]{1,64}")) {
        item.reject("prompt", "has to name a prompt, such as winback-v1.");
      }
      ObjectNode variant = variants.addObject();
      variant.put("name", name);
      variant.put("weight", weight);
      variant.put("prompt", prompt);
      variant.put("tone", item.text("tone", 500));
      variant.put("offer", item.text("offer", 500));
    }
    if (!items.isEmpty() && weights.stream().allMatch(weight -> weight.signum() == 0)) {
      body.reject("variants", "at least one weight has to be above 0.");
    }
    return variants;
  }

  private static OutreachSettings row(ResultSet row, StatementContext context) throws SQLException {
    return new OutreachSettings(
        row.getBoolean("enabled"),
        row.getInt("cooldown_days"),
        row.getInt("stale_days"),
        row.getInt("daily_cap"),
        row.getString("quiet_from").substring(0, 5),
        row.getString("quiet_until").substring(0, 5),
        row.getString("experiment_id"),
        row.getBigDecimal("holdout_share"),
        Json.column(row.getString("variants")),
        row.getString("updated_by"),
        NullableColumns.instant(row, "updated_at"));
  }
}
