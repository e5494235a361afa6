package io.rekindle.dashboard.outreach;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.mapper.Nested;

/**
 * The texts of a variant in a brand, and what became of the emails that have them.
 *
 * @param written emails with these texts
 * @param waiting of these, those that are not sent yet
 * @param sent of these, those that were sent
 * @param secondNeeded whether emails wait for the approval of a second person
 * @param previousVersion the version of the same variant before it; null for the first
 * @param changes what differs from that
 * @param emails the first ones that wait, for who approves the version
 */
public record ContentVersion(
    Texts texts,
    long written,
    long waiting,
    long sent,
    boolean secondNeeded,
    String previousVersion,
    List<Change> changes,
    List<WaitingEmail> emails) {

  private static final Set<String> ABOUT_THE_ROW = Set.of("version", "createdBy", "createdAt");

  /** A row of engagement.content_versions. */
  public record Texts(
      String contentVersion,
      String variant,
      String prompt,
      String tone,
      String offer,
      int brandVersion,
      String review,
      String approvedBy,
      Instant approvedAt,
      String secondBy,
      Instant secondAt,
      String rejectedBy,
      Instant rejectedAt,
      Instant firstUsedAt) {}

  /** With its counts, which a list reads with it. */
  record Counted(@Nested Texts texts, long written, long waiting, long sent) {}

  /**
   * A text that differs from the version before.
   *
   * @param field such as {@code tone}, or {@code brand.accent}
   * @param before null if there was none
   * @param after null if there is none
   */
  public record Change(String field, String before, String after) {}

  /** An email that waits for the approval of its texts. */
  public record WaitingEmail(String emailId, String userId, String name, String subject) {}

  /** The part that an approval is about: who approves has seen exactly this. */
  public record Reviewed(
      String contentVersion, String review, String approvedBy, List<String> emailIds) {}

  /** What an approval is about. */
  public Reviewed reviewed() {
    return new Reviewed(
        texts.contentVersion(),
        texts.review(),
        texts.approvedBy(),
        emails.stream().map(WaitingEmail::emailId).toList());
  }

  /** The texts that differ between two versions of a variant, and what differs in their brands. */
  static List<Change> changes(
      Texts before, BrandSettings brandBefore, Texts after, BrandSettings brandAfter) {
    List<Change> changes = new ArrayList<>();
    note(changes, "prompt", before.prompt(), after.prompt());
    note(changes, "tone", before.tone(), after.tone());
    note(changes, "offer", before.offer(), after.offer());
    JsonNode old = Json.MAPPER.valueToTree(brandBefore.withoutImage());
    JsonNode now = Json.MAPPER.valueToTree(brandAfter.withoutImage());
    for (Iterator<String> fields = now.fieldNames(); fields.hasNext(); ) {
      String field = fields.next();
      if (!ABOUT_THE_ROW.contains(field)) {
        note(changes, "brand." + field, text(old.get(field)), text(now.get(field)));
      }
    }
    return changes;
  }

  private static void note(List<Change> changes, String field, String before, String after) {
    if (!Objects.equals(before, after)) {
      changes.add(new Change(field, before, after));
    }
  }

  private static String text(JsonNode value) {
    return value == null || value.isNull() ? null : value.asText();
  }
}
