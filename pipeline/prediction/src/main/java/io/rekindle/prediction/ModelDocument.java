package io.rekindle.prediction;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.scoring.policy.SpendModel;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A row of {@code engagement.models}: the parameters that a shop's orders give a policy whose
 * document stays. The same for the same orders.
 *
 * @param modelVersion the name of the model: the policy's name, and the day of the fit
 * @param policyVersion the policy that it belongs to
 * @param json the document
 */
public record ModelDocument(String modelVersion, String policyVersion, String json) {

  static final String CADENCE = "cadence-v1";

  private static final int MAX_NAME = 128;

  /**
   * The model of a fit for a policy.
   *
   * @param perMille the table of the probability by score; null if the policy's own stays
   */
  static ModelDocument of(String policyVersion, FittedPolicy fitted, List<Integer> perMille) {
    String day =
        Instant.ofEpochMilli(fitted.asOf()).atOffset(ZoneOffset.UTC).toLocalDate().toString();
    String name = policyVersion.substring(0, Math.min(policyVersion.length(), MAX_NAME - 11));
    String version = name + "-" + day;
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.put("version", version);
    model.put("fittedAsOf", fitted.asOf());
    model.put("clients", fitted.clients());
    if (perMille != null) {
      ObjectNode probability = model.putObject("probability");
      // The days of the outcomes that the fit has learned from.
      probability.put("horizonDays", fitted.policy().probability().orElseThrow().horizonDays());
      ArrayNode table = probability.putArray("perMille");
      perMille.forEach(table::add);
    }
    SpendModel spend = fitted.spend();
    model
        .putObject("money")
        .put("p", PolicyDocument.number(spend.p()))
        .put("q", PolicyDocument.number(spend.q()))
        .put("gamma", PolicyDocument.number(spend.gamma()))
        .put("meanOrderValue", BigDecimal.valueOf(spend.meanOrderMinor(), 2).toPlainString());
    fitted.yearAhead().writeTo(model);
    return new ModelDocument(version, policyVersion, PolicyDocument.text(model));
  }
}
