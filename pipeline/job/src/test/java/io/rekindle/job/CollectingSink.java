package io.rekindle.job;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** A sink that keeps what it gets where the test finds it. */
public final class CollectingSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  private static final Map<String, List<Object>> ELEMENTS = new ConcurrentHashMap<>();
  private static final Map<String, Map<Integer, Long>> WATERMARKS = new ConcurrentHashMap<>();

  private final String key = UUID.randomUUID().toString();

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    String writer = key;
    ELEMENTS.putIfAbsent(writer, new CopyOnWriteArrayList<>());
    Map<Integer, Long> watermarks =
        WATERMARKS.computeIfAbsent(writer, none -> new ConcurrentHashMap<>());
    for (int i = 0; i < context.getTaskInfo().getNumberOfParallelSubtasks(); i++) {
      watermarks.putIfAbsent(i, Long.MIN_VALUE);
    }
    int subtask = context.getTaskInfo().getIndexOfThisSubtask();
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context elementContext) {
        ELEMENTS.get(writer).add(element);
      }

      @Override
      public void writeWatermark(Watermark watermark) {
        watermarks.put(subtask, watermark.getTimestamp());
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }

  @SuppressWarnings("unchecked") // only elements of this sink's type get there
  public List<T> elements() {
    return (List<T>) ELEMENTS.getOrDefault(key, List.of());
  }

  /** The watermark that all parallel writers have reached; the least number before the first. */
  public long watermark() {
    return WATERMARKS.getOrDefault(key, Map.of()).values().stream()
        .mapToLong(Long::longValue)
        .min()
        .orElse(Long.MIN_VALUE);
  }
}
