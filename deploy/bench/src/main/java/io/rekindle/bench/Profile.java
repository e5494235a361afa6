package io.rekindle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Reads the hottest methods of a recording of the Java Flight Recorder. */
final class Profile {

  private static final String SAMPLE = "jdk.ExecutionSample";

  private Profile() {}

  /** Returns the methods with the most samples, with their share of all samples. */
  static List<String> topMethods(Path recording, int limit) throws IOException {
    Map<String, Integer> samples = new HashMap<>();
    int total = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        boolean isSample =
            event.getEventType().getName().equals(SAMPLE) && event.getStackTrace() != null;
        if (isSample && !event.getStackTrace().getFrames().isEmpty()) {
          RecordedFrame top = event.getStackTrace().getFrames().get(0);
          RecordedMethod method = top.getMethod();
          samples.merge(method.getType().getName() + "." + method.getName(), 1, Integer::sum);
          total++;
        }
      }
    }
    double all = Math.max(1, total);
    return samples.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(limit)
        .map(entry -> "%5.1f %%  %s".formatted(100 * entry.getValue() / all, entry.getKey()))
        .toList();
  }
}
