package io.rekindle.dashboard.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the body of a request as strict JSON. */
public final class JsonBody {

  /** The most bytes of a request's body, except where an address takes a batch. */
  public static final int MAX_BODY = 64 * 1024;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxNumberLength(40)
                          .maxNameLength(200)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private JsonBody() {}

  /** The request's body as an object of at most {@link #MAX_BODY} bytes. */
  public static JsonFields object(Context ctx) {
    return object(ctx, MAX_BODY);
  }

  /**
   * The request's body as an object.
   *
   * @throws HttpProblem 413 if it is larger, 415 if it is not declared as JSON, 400 if it is no
   *     object
   */
  public static JsonFields object(Context ctx, int maxBytes) {
    return JsonFields.of(parse(bytes(ctx, maxBytes)));
  }

  /** The request's body, which has to be declared as JSON. */
  public static byte[] bytes(Context ctx, int maxBytes) {
    String type = ctx.contentType();
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new HttpProblem(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type: send application/json.");
    }
    try (InputStream in = ctx.bodyInputStream()) {
      byte[] body = in.readNBytes(maxBytes + 1);
      if (body.length > maxBytes) {
        throw new HttpProblem(
            HttpStatus.CONTENT_TOO_LARGE,
            "The body is larger than " + maxBytes + " bytes, the most that is taken here.");
      }
      return body;
    } catch (IOException e) {
      throw new HttpProblem(HttpStatus.BAD_REQUEST, "The body did not arrive whole.");
    }
  }

  /**
   * Reads an object from strict JSON.
   *
   * @throws HttpProblem 400 if it is none
   */
  public static ObjectNode parse(byte[] body) {
    JsonNode node;
    try {
      node = STRICT.readTree(body);
    } catch (JsonProcessingException e) {
      throw HttpProblem.invalid("", "The body is not JSON: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw HttpProblem.invalid("", "The body is not JSON in UTF-8.");
    }
    if (!(node instanceof ObjectNode object)) {
      throw HttpProblem.invalid("", "The body has to be a JSON object.");
    }
    return object;
  }

  private static String firstLine(String message) {
    return Arrays.stream(message.split("\n", 2)).findFirst().orElse("");
  }
}
