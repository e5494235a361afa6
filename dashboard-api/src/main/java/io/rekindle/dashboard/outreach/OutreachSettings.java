package io.rekindle.dashboard.outreach;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.email.llm.PromptTexts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The row of engagement.outreach_settings.
 *
 * @param cooldownDays between two emails to one client
 * @param staleDays a risk that began longer ago is not written about
 * @param dailyCap most emails of a UTC day
 * @param capOrder FIRST_DECIDED or VALUE_AT_STAKE: which decisions get the emails of a day
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
    CapOrder capOrder,
    String quietFrom,
    String quietUntil,
    String experimentId,
    BigDecimal holdoutShare,
    JsonNode variants,
    String updatedBy,
    Instant updatedAt) {

  private static final int MAX_VARIANTS = 16;

  private static final String COLUMNS =
      """
      enabled, cooldown_days, stale_days, daily_cap, cap_order,
      to_char(quiet_from, 'HH24:MI') as quiet_from,
      to_char(quiet_until, 'HH24:MI') as quiet_until, experiment_id, holdout_share, variants,
      updated_by, updated_at
      """;

  private static final String HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]";

  static OutreachSettings read(Handle handle) {
    return handle
        .createQuery("select " + COLUMNS + " from engagement.outreach_settings")
        .mapTo(OutreachSettings.class)
        .one();
  }

  /** Locks the settings until the transaction ends. */
  static OutreachSettings lock(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.outreach_settings'))");
    return read(handle);
  }

  /** This with the fields that a request names; mistakes are the fields' to tell. */
  OutreachSettings with(JsonFields body) {
    String experiment = body.text("experimentId", 128);
    if (experiment != null && experiment.isBlank()) {
      body.reject("experimentId", "has to be a name.");
    }
    return new OutreachSettings(
        requireNonNullElse(body.bool("enabled"), enabled),
        requireNonNullElse(body.integer("cooldownDays", 0, 3650), cooldownDays),
        requireNonNullElse(body.integer("staleDays", 0, 3650), staleDays),
        requireNonNullElse(body.integer("dailyCap", 0, Integer.MAX_VALUE), dailyCap),
        requireNonNullElse(body.oneOf("capOrder", CapOrder.class), capOrder),
        requireNonNullElse(hour(body, "quietFrom"), quietFrom),
        requireNonNullElse(hour(body, "quietUntil"), quietUntil),
        requireNonNullElse(experiment, experimentId),
        requireNonNullElse(body.decimal("holdoutShare", "0", "1", 6), holdoutShare),
        body.has("variants") ? variants(body) : variants,
        updatedBy,
        updatedAt);
  }

  /** This with the values of an earlier state, which has its JSON form. */
  OutreachSettings restored(JsonNode earlier) {
    ObjectNode merged = Json.MAPPER.valueToTree(this);
    merged.setAll((ObjectNode) earlier);
    try {
      return Json.MAPPER.treeToValue(merged, OutreachSettings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The audit log holds no outreach settings", e);
    }
  }

  OutreachSettings write(Handle handle, String by) {
    return handle
        .createQuery(
            """
            update engagement.outreach_settings
            set enabled = :enabled, cooldown_days = :cooldownDays, stale_days = :staleDays,
                daily_cap = :dailyCap, cap_order = :capOrder, quiet_from = cast(:quietFrom as time),
                quiet_until = cast(:quietUntil as time), experiment_id = :experimentId,
                holdout_share = :holdoutShare, variants = cast(:json as jsonb), updated_by = :by
            returning
            """
                + COLUMNS)
        .bindMethods(this)
        .bind("json", variants.toString())
        .bind("by", by)
        .mapTo(OutreachSettings.class)
        .one();
  }

  private static String hour(JsonFields body, String name) {
    String hour = body.text(name, 5);
    if (hour != null && !hour.matches(HOUR)) {
      body.reject(name, "has to be a time of day such as 21:00.");
    }
    return hour;
  }

  /** Rejects a prompt that the writer does not know: it would leave every email to the template. */
  static void checkPrompt(JsonFields body, String prompt) {
    if (!PromptTexts.names().contains(prompt)) {
      body.reject(
          "prompt", "has to be a prompt there is: " + String.join(", ", PromptTexts.names()) + ".");
    }
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
      BigDecimal weight = item.required("weight", item.decimal("weight", "0", "1000000", 6));
      weights.add(weight == null ? BigDecimal.ONE : weight);
      String prompt = item.requiredText("prompt", 64);
      if (prompt != null) {
        checkPrompt(item, prompt);
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
}
