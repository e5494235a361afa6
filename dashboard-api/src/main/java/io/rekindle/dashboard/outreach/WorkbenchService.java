package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.database.Snapshots;
import java.util.List;

/** Reads what the page of outreach shows. Thread-safe. */
public final class WorkbenchService {

  private final Snapshots snapshots;

  public WorkbenchService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * The page as of one snapshot.
   *
   * @param client a client to preview for; null if none is at risk
   */
  record Workbench(
      OutreachSettings settings,
      ReviewSettings review,
      List<ContentVersion> versions,
      List<TestEmail> tests,
      String client) {}

  Workbench read() {
    return snapshots.read(
        handle -> {
          ReviewSettings review = ReviewSettings.read(handle);
          return new Workbench(
              OutreachSettings.read(handle),
              review,
              ReviewService.versions(handle, review),
              TestEmailService.latest(handle),
              EmailPreviewService.suggestedClient(handle).orElse(null));
        });
  }

  BrandSettings brand() {
    return snapshots.readOnce(BrandSettings::read);
  }
}
