package io.rekindle.email;

import java.util.Objects;

/**
 * An email to be written.
 *
 * @param episodeId the episode that it answers; also the email's id, since an episode has one email
 * @param brand the brand in force when it is written
 */
public record EmailRequest(String episodeId, EmailFacts facts, Variant variant, Brand brand) {

  /** A request in the brand of a shop that has chosen none. */
  public EmailRequest(String episodeId, EmailFacts facts, Variant variant) {
    this(episodeId, facts, variant, Brand.DEFAULT);
  }

  /**
   * @throws IllegalArgumentException if the id is missing
   */
  public EmailRequest {
    if (episodeId == null || episodeId.isEmpty()) {
      throw new IllegalArgumentException("episodeId is empty");
    }
    Objects.requireNonNull(facts, "facts");
    Objects.requireNonNull(variant, "variant");
    Objects.requireNonNull(brand, "brand");
  }
}
