package io.rekindle.dashboard.outreach;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.email.llm.PromptTexts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * @param foldSubaddresses whether addresses that differ behind a plus sign count as one
 * @param experimentId a new name begins a new experiment
 * @param holdoutShare of all decisions, 0 to 1
 * @param controlShare of all clients whom no outreach ever reaches, 0 to 0.2
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
    boolean foldSubaddresses,
    String experimentId,
    BigDecimal holdoutShare,
    BigDecimal controlShare,
    JsonNode variants,
    String updatedBy,
    Instant updatedAt) {

  private static final int MAX_VARIANTS = 16;

  private static final MathContext SHARE = new MathContext(30);

  private static final String COLUMNS =
      """
      enabled, cooldown_days, stale_days, daily_cap, cap_order,
      to_char(quiet_from, 'HH24:MI') as quiet_from,
      to_char(quiet_until, 'HH24:MI') as quiet_until, fold_subaddresses, experiment_id,
      holdout_share, control_share, variants, updated_by, updated_at
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
        changed(body, "enabled", body.bool("enabled"), enabled),
        changed(body, "cooldownDays", body.integer("cooldownDays", 0, 3650), cooldownDays),
        changed(body, "staleDays", body.integer("staleDays", 0, 3650), staleDays),
        changed(body, "dailyCap", body.integer("dailyCap", 0, Integer.MAX_VALUE), dailyCap),
        changed(body, "capOrder", body.oneOf("capOrder", CapOrder.class), capOrder),
        changed(body, "quietFrom", hour(body, "quietFrom"), quietFrom),
        changed(body, "quietUntil", hour(body, "quietUntil"), quietUntil),
        changed(body, "foldSubaddresses", body.bool("foldSubaddresses"), foldSubaddresses),
        changed(body, "experimentId", experiment, experimentId),
        changed(body, "holdoutShare", body.decimal("holdoutShare", "0", "1", 6), holdoutShare),
        changed(
            body,
            "controlShare",
            body.decimal("controlShare", "0", OutreachRules.MAX_CONTROL_SHARE.toPlainString(), 6),
            controlShare),
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
                quiet_until = cast(:quietUntil as time), fold_subaddresses = :foldSubaddresses,
                experiment_id = :experimentId,
                holdout_share = :holdoutShare, control_share = :controlShare,
                variants = cast(:json as jsonb), updated_by = :by
            returning
            """
                + COLUMNS)
        .bindMethods(this)
        .bind("json", variants.toString())
        .bind("by", by)
        .mapTo(OutreachSettings.class)
        .one();
  }

  /** The new value of a field; a field that is there and null is refused, not passed over. */
  private static <T> T changed(JsonFields body, String name, T value, T before) {
    return requireNonNullElse(body.has(name) ? body.required(name, value) : value, before);
  }

  /**
   * The part of all clients in each group that has clients, by the group's name. An experiment
   * keeps these as long as it has its name.
   */
  static Map<String, BigDecimal> shares(BigDecimal holdoutShare, JsonNode variants) {
    BigDecimal total = BigDecimal.ZERO;
    for (JsonNode variant : variants) {
      total = total.add(variant.path("weight").decimalValue());
    }
    Map<String, BigDecimal> shares = new TreeMap<>();
    shares.put(OutreachRules.HOLDOUT, holdoutShare);
    for (JsonNode variant : variants) {
      BigDecimal weight = variant.path("weight").decimalValue();
      if (weight.signum() > 0) {
        shares.put(
            variant.path("name").textValue(),
            BigDecimal.ONE.subtract(holdoutShare).multiply(weight).divide(total, SHARE));
      }
    }
    shares.replaceAll((name, share) -> share.setScale(9, RoundingMode.HALF_EVEN));
    return shares;
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
