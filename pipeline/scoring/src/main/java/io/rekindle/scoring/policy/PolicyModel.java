package io.rekindle.scoring.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Resources;
import io.rekindle.scoring.document.CanonicalJson;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parameters that a shop's orders give a policy whose document stays: a table of the probability of
 * an order by score, which takes the place of the policy's own, and what an order is worth. One of
 * both can be absent.
 *
 * <p>Fields of the document: {@code version}, {@code probability} as in a policy, and {@code money}
 * as in {@link SpendModel}. {@code buyers} has the four parameters of a buyer model, and {@code
 * year} the borders between tenths of the clients: the engine checks that they are numbers, and the
 * dashboard uses them. {@code description}, {@code fittedAsOf} and {@code clients} tell where it is
 * from, and are not used. Immutable.
 */
public final class PolicyModel {

  /**
   * The policy that the built-in model was fitted for: this document, under any name of its row.
   */
  private static final String CADENCE_HASH =
      "49c339351114db3a5b04de5019d5309e0a380947c484ed9e031a4ba6b2a4b9d4";

  private static final String CADENCE_MODEL =
      "/io/rekindle/scoring/models/cadence-v1-built-in.json";

  private static final Pattern VERSION = Pattern.compile("[^\\x00]{1,128}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{0,2000}", Pattern.DOTALL);

  /** Between ten tenths of the clients. */
  private static final int TENTH_BORDERS = 9;

  private final String version;
  private final String json;
  private final String hash;
  private final OrderProbability probability;
  private final SpendModel money;

  private PolicyModel(String version, String json, OrderProbability probability, SpendModel money) {
    this.version = version;
    this.json = json;
    this.hash = HexFormat.of().formatHex(Digest.of(json));
    this.probability = probability;
    this.money = money;
  }

  /**
   * Reads the document of a model.
   *
   * @throws InvalidPolicyException if the document is not valid; its message names the place in the
   *     document and the fix
   */
  public static PolicyModel parse(String json) throws InvalidPolicyException {
    JsonSection model = JsonSection.parse(json);
    model.allowOnly(
        "version",
        "description",
        "fittedAsOf",
        "clients",
        "probability",
        "money",
        "buyers",
        "year");
    if (model.has("description")) {
      model.text("description", TEXT, "a text of at most 2000 characters");
    }
    for (String number : new String[] {"fittedAsOf", "clients"}) {
      if (model.has(number)) {
        model.number(number);
      }
    }
    String version = model.text("version", VERSION, "a name of 1 to 128 characters, in quotes");
    if (!model.has("probability") && !model.has("money")) {
      throw model.invalid("has no parameters: add \"probability\", \"money\", or both");
    }
    checkYearAhead(model);
    return new PolicyModel(
        version,
        CanonicalJson.of(model.node()),
        model.has("probability") ? OrderProbability.read(model.section("probability")) : null,
        model.has("money") ? SpendModel.read(model.section("money")) : null);
  }

  private static void checkYearAhead(JsonSection model) throws InvalidPolicyException {
    if (model.has("buyers") != model.has("year")) {
      throw model.invalid("has \"buyers\" or \"year\" alone: add the other, or remove it");
    }
    if (!model.has("buyers")) {
      return;
    }
    JsonSection buyers = model.section("buyers");
    buyers.allowOnly("r", "alpha", "a", "b");
    for (String parameter : new String[] {"r", "alpha", "a", "b"}) {
      SpendModel.above(buyers, parameter, 0);
    }
    JsonSection year = model.section("year");
    year.allowOnly("orderDays", "spend");
    for (String measure : new String[] {"orderDays", "spend"}) {
      year.numbers(measure, TENTH_BORDERS);
      JsonNode borders = year.node().get(measure);
      boolean ascending = borders.size() == TENTH_BORDERS;
      for (int i = 1; ascending && i < TENTH_BORDERS; i++) {
        ascending = borders.get(i).doubleValue() >= borders.get(i - 1).doubleValue();
      }
      if (!ascending) {
        throw year.invalid(measure, "must be a list of 9 numbers that do not fall");
      }
    }
  }

  /** Read once: every policy asks for it that has no model of its own. */
  private static final class BuiltIn {

    static final PolicyModel CADENCE = read();

    private static PolicyModel read() {
      try {
        return parse(Resources.get(PolicyModel.class, CADENCE_MODEL));
      } catch (InvalidPolicyException e) {
        throw new IllegalStateException("The built-in model of cadence-v1 is broken", e);
      }
    }
  }

  /** The product's model of a policy of the product; null if there is none. */
  static PolicyModel builtIn(String policyHash) {
    return policyHash.equals(CADENCE_HASH) ? BuiltIn.CADENCE : null;
  }

  /** The name of the model. */
  public String version() {
    return version;
  }

  /** The document in canonical form, as {@link ScoringPolicy#json}. */
  public String json() {
    return json;
  }

  /** SHA-256 of {@link #json()} in lower-case hexadecimal. */
  public String hash() {
    return hash;
  }

  /** The table; empty if the policy's own stays. */
  public Optional<OrderProbability> probability() {
    return Optional.ofNullable(probability);
  }

  /** What an order is worth; empty if the model does not say. */
  public Optional<SpendModel> money() {
    return Optional.ofNullable(money);
  }
}
