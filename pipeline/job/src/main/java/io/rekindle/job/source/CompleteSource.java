package io.rekindle.job.source;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source from Kafka that stops the job when Kafka no longer has a record that the job has not
 * read, or no longer has a topic. Every restart would ask for the same record.
 *
 * <p>A consumer waits for a deleted topic without an error. So the source has to look for its
 * partitions periodically, and this class judges the answers.
 *
 * @param <T> type of the records
 * @param <S> type of the splits
 * @param <C> type of the enumerator's state
 */
public final class CompleteSource<T, S extends SourceSplit, C>
    implements Source<T, S, C>, ResultTypeQueryable<T> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(CompleteSource.class);

  /** The answers in a row that prove a deletion. A broker that starts may know fewer topics. */
  static final int MISSES = 3;

  private static final String PROCEDURE =
      ": follow \"Kafka or the job's state lost\" in docs/operations.md";

  private final Source<T, S, C> source;
  private final TypeInformation<T> type;

  private CompleteSource(Source<T, S, C> source, TypeInformation<T> type) {
    this.source = source;
    this.type = type;
  }

  /** Wraps a source that reports missing records by Kafka's {@link InvalidOffsetException}. */
  public static <T, S extends SourceSplit, C, K extends Source<T, S, C> & ResultTypeQueryable<T>>
      CompleteSource<T, S, C> of(K source) {
    return new CompleteSource<>(source, source.getProducedType());
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SourceReader<T, S> createReader(SourceReaderContext context) throws Exception {
    return new Reader<>(source.createReader(context));
  }

  @Override
  public SplitEnumerator<S, C> createEnumerator(SplitEnumeratorContext<S> context)
      throws Exception {
    return source.createEnumerator(new Context<>(context));
  }

  @Override
  public SplitEnumerator<S, C> restoreEnumerator(SplitEnumeratorContext<S> context, C state)
      throws Exception {
    return source.restoreEnumerator(new Context<>(context), state);
  }

  @Override
  public SimpleVersionedSerializer<S> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<C> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return type;
  }

  /** Passes everything on, and replaces the exception about a missing record. */
  @SuppressWarnings("try") // Flink's interface lets close be interrupted.
  private static final class Reader<T, S extends SourceSplit> implements SourceReader<T, S> {

    private final SourceReader<T, S> reader;

    Reader(SourceReader<T, S> reader) {
      this.reader = reader;
    }

    @Override
    public void start() {
      reader.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
      try {
        return reader.pollNext(output);
      } catch (RuntimeException e) {
        throw replaced(e);
      }
    }

    private static RuntimeException replaced(RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof InvalidOffsetException missing) {
          return new StopJobException(
              "Kafka no longer has records that the job has not read, at "
                  + (missing instanceof OffsetOutOfRangeException range
                      ? range.offsetOutOfRangePartitions()
                      : missing.partitions())
                  + PROCEDURE);
        }
      }
      return failure;
    }

    @Override
    public List<S> snapshotState(long checkpointId) {
      return reader.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return reader.isAvailable();
    }

    @Override
    public void addSplits(List<S> splits) {
      reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
      reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
      reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
      reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
      reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
      reader.close();
    }
  }

  /**
   * Passes everything on, and replaces the answers to periodic questions. The enumerator would fail
   * the job at each answer that is late.
   */
  private static final class Context<S extends SourceSplit> implements SplitEnumeratorContext<S> {

    private final SplitEnumeratorContext<S> context;

    Context(SplitEnumeratorContext<S> context) {
      this.context = context;
    }

    @Override
    public <A> void callAsync(
        Callable<A> question, BiConsumer<A, Throwable> answer, long initialDelay, long period) {
      context.callAsync(question, new Answers<>(answer), initialDelay, period);
    }

    @Override
    public <A> void callAsync(Callable<A> question, BiConsumer<A, Throwable> answer) {
      context.callAsync(question, answer);
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      return context.metricGroup();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
      context.sendEventToSourceReader(subtask, event);
    }

    @Override
    public void sendEventToSourceReader(int subtask, int attempt, SourceEvent event) {
      context.sendEventToSourceReader(subtask, attempt, event);
    }

    @Override
    public int currentParallelism() {
      return context.currentParallelism();
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      return context.registeredReaders();
    }

    @Override
    public Map<Integer, Map<Integer, ReaderInfo>> registeredReadersOfAttempts() {
      return context.registeredReadersOfAttempts();
    }

    @Override
    public void assignSplits(SplitsAssignment<S> assignment) {
      context.assignSplits(assignment);
    }

    @Override
    public void assignSplit(S split, int subtask) {
      context.assignSplit(split, subtask);
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      context.runInCoordinatorThread(runnable);
    }

    @Override
    public void setIsProcessingBacklog(boolean backlog) {
      context.setIsProcessingBacklog(backlog);
    }
  }

  /** Lets a failed question wait for the next one, and ends the job when a topic is deleted. */
  private static final class Answers<A> implements BiConsumer<A, Throwable> {

    private final BiConsumer<A, Throwable> answer;
    private int misses;

    Answers(BiConsumer<A, Throwable> answer) {
      this.answer = answer;
    }

    @Override
    public void accept(A value, Throwable failure) {
      if (failure == null) {
        misses = 0;
        answer.accept(value, null);
        return;
      }
      String missing = missingTopic(failure);
      misses = missing == null ? 0 : misses + 1;
      if (misses == MISSES) {
        throw new StopJobException(
            "Kafka no longer has a topic that the job reads (" + missing + ")" + PROCEDURE);
      }
      LOG.warn("Kafka does not list the partitions, asking again: {}", failure.toString());
    }

    /** The message of a failure that says so; null if it is another one. */
    private static String missingTopic(Throwable failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof UnknownTopicOrPartitionException
            || message.contains("does not exist on Kafka brokers")) {
          return message;
        }
      }
      return null;
    }
  }
}
