package io.rekindle.dashboard.live;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One open page's stream of server-sent events. Messages wait in a short queue while the network is
 * slow; a page that does not read at all is let go when the queue is full. No thread waits for any
 * page: the server calls back when there is room. Thread-safe.
 */
final class EventStream implements WriteListener, AsyncListener {

  private static final int MAX_QUEUED = 128;

  private final ServletOutputStream out;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Consumer<EventStream> ended;
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private boolean flushed = true;
  private boolean open = true;

  /**
   * Takes over an answer whose asynchronous processing has been started.
   *
   * @param out the server's own, since its wrapper would compress and buffer
   * @param ended is called once when the page is gone
   */
  EventStream(AsyncContext context, ServletOutputStream out, Consumer<EventStream> ended) {
    this.out = out;
    this.ended = ended;
    context.addListener(this);
    out.setWriteListener(this);
  }

  /** Is complete when the stream is at its end, and so is the answer. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** Sends a message, or queues it; ends the stream if the page has not read for long. */
  void send(byte[] message) {
    boolean full;
    synchronized (this) {
      full = waiting.size() >= MAX_QUEUED;
      if (!full && open) {
        waiting.add(message);
      }
    }
    if (full) {
      end();
    } else {
      drain();
    }
  }

  void end() {
    synchronized (this) {
      if (!open) {
        return;
      }
      open = false;
      waiting.clear();
    }
    ended.accept(this);
    over.complete(null);
  }

  @Override
  public void onWritePossible() {
    drain();
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end();
  }

  @Override
  public void onError(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // The stream is never started again.
  }

  private void drain() {
    boolean failed = false;
    synchronized (this) {
      try {
        // Only as long as the stream is ready: else the call would be refused, or block.
        while (open && out.isReady()) {
          byte[] message = waiting.poll();
          if (message != null) {
            out.write(message);
            flushed = false;
          } else if (!flushed) {
            out.flush();
            flushed = true;
          } else {
            return;
          }
        }
      } catch (IOException | IllegalStateException e) {
        failed = true;
      }
    }
    if (failed) {
      end();
    }
  }
}
