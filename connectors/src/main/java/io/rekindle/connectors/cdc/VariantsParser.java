package io.rekindle.connectors.cdc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the variants of {@code engagement.outreach_settings}, a JSON array in a text. It applies
 * the same rules as the table's trigger.
 */
final class VariantsParser {

  private static final int MAX_VARIANTS = 16;
  private static final int MAX_WEIGHT = 1_000_000;
  private static final int MAX_TEXT_LENGTH = 500;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern PROMPT = Pattern.compile("[a-z0-9-]{1,64}");

  private final JsonFactory json;

  VariantsParser(JsonFactory json) {
    this.json = json;
  }

  /**
   * Reads all variants.
   *
   * @param field the name of the text in sentences
   */
  List<OutreachVariant> parse(String field, String text) throws MalformedRecordException {
    List<OutreachVariant> variants = new ArrayList<>();
    try (JsonParser parser = json.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new MalformedRecordException(
            DeadLetterReason.WRONG_TYPE,
            field + " is no array: it has to be one of 1 to 16 variants");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String element = field + "[" + variants.size() + "]";
        if (variants.size() == MAX_VARIANTS) {
          throw new MalformedRecordException(
              DeadLetterReason.OUT_OF_RANGE,
              element + " is one too many: there can be " + MAX_VARIANTS);
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new MalformedRecordException(
              DeadLetterReason.WRONG_TYPE, element + " is no object: it has to be a variant");
        }
        FieldBuffer fields = new FieldBuffer(element + ".");
        fields.readObject(parser);
        variants.add(variant(fields));
      }
      if (parser.nextToken() != null) {
        throw new MalformedRecordException(
            DeadLetterReason.WRONG_TYPE, field + " goes on after its array");
      }
    } catch (IOException e) {
      throw new MalformedRecordException(
          DeadLetterReason.WRONG_TYPE, field + " is not valid JSON: " + e.getMessage());
    }
    check(field, variants);
    return variants;
  }

  private static OutreachVariant variant(FieldBuffer fields) throws MalformedRecordException {
    return new OutreachVariant(
        matching(
            fields,
            Field.NAME,
            NAME,
            "1 to 64 letters, digits and _.-, and not " + OutreachRules.HOLDOUT),
        fields.millionths(Field.WEIGHT, BigDecimal.valueOf(MAX_WEIGHT)),
        matching(fields, Field.PROMPT, PROMPT, "the name of a prompt, such as winback-v1"),
        optionalText(fields, Field.TONE),
        optionalText(fields, Field.OFFER));
  }

  private static String matching(
      FieldBuffer fields, Field field, Pattern pattern, String expectation)
      throws MalformedRecordException {
    String text = fields.wholeText(field);
    if (!pattern.matcher(text).matches() || text.equals(OutreachRules.HOLDOUT)) {
      throw fields.wrongType(field, expectation);
    }
    return text;
  }

  private static String optionalText(FieldBuffer fields, Field field)
      throws MalformedRecordException {
    if (!fields.has(field)) {
      return null;
    }
    String text = fields.wholeText(field);
    if (text.codePointCount(0, text.length()) > MAX_TEXT_LENGTH) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          fields.name(field) + " has more than " + MAX_TEXT_LENGTH + " characters: shorten it");
    }
    return text;
  }

  private static void check(String field, List<OutreachVariant> variants)
      throws MalformedRecordException {
    if (variants.stream().map(OutreachVariant::name).distinct().count() != variants.size()) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE, field + " has a name twice: each variant needs its own");
    }
    if (variants.stream().allMatch(variant -> variant.weight() == 0)) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE, field + " has no weight: at least one has to be above 0");
    }
  }
}
