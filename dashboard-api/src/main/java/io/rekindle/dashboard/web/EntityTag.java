package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.json.Json;
import io.rekindle.platform.text.Digest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * The version of what people edit, in the headers {@code ETag} and {@code If-Match} of RFC 9110. A
 * change that brings the version it was made from is refused once another change came before it.
 */
public final class EntityTag {

  private static final String IF_MATCH = "If-Match";
  private static final String ANY = "*";

  /** So many bytes of the digest differ for all versions that ever meet. */
  private static final int BYTES = 12;

  private EntityTag() {}

  /** The version of a value, in quotes. Values with the same JSON form have the same version. */
  public static String of(Object value) {
    byte[] digest = Digest.sha256().digest(Json.bytes(value));
    return '"' + HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES)) + '"';
  }

  /** Answers with a value and its version. */
  public static void json(Context ctx, Object value) {
    json(ctx, value, value);
  }

  /**
   * Answers with a value.
   *
   * @param edited the part of the value that people edit, which its version is of
   */
  public static void json(Context ctx, Object value, Object edited) {
    tell(ctx, edited);
    ctx.json(value);
  }

  /** Adds the version of what people edit to the answer. */
  public static void tell(Context ctx, Object edited) {
    ctx.header("ETag", of(edited));
  }

  /**
   * What the request demands of the value that it changes: that it is of a version in If-Match. It
   * demands nothing without this header.
   *
   * @return throws {@link HttpProblem} 412 for a value of another version
   */
  public static <T> Consumer<T> demanded(Context ctx) {
    String header = ctx.header(IF_MATCH);
    if (header == null || header.strip().equals(ANY)) {
      return value -> {};
    }
    List<String> versions = Arrays.stream(header.split(",", -1)).map(String::strip).toList();
    return value -> {
      if (!versions.contains(of(value))) {
        throw new HttpProblem(
            HttpStatus.PRECONDITION_FAILED,
            "Another person or program changed this after you read it, so nothing was saved."
                + " Load it again, and make your change anew.");
      }
    };
  }
}
