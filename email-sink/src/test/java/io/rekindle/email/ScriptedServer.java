package io.rekindle.email;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * An HTTP server on loopback that does to each request what the script says next, down to the
 * bytes, and keeps what it was asked. When the script is at its end, its last line goes on.
 */
public final class ScriptedServer implements Closeable {

  private final ServerSocket listening;
  private final Queue<Act> script = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Act last = Act.status(500);

  public ScriptedServer(Act... acts) {
    script.addAll(Arrays.asList(acts));
    try {
      listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  public String url() {
    return "http://127.0.0.1:" + listening.getLocalPort() + "/v1";
  }

  public List<Request> requests() {
    return requests;
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String head = head(in);
      if (head.isEmpty()) {
        return;
      }
      List<String> lines = head.lines().toList();
      Map<String, String> headers = new TreeMap<>();
      for (String line : lines.subList(1, lines.size())) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      requests.add(new Request(lines.get(0), headers, body));
      Act act = script.poll();
      last = act == null ? last : act;
      last.play(socket.getOutputStream(), closing);
    } catch (IOException e) {
      // The client went away, which is part of some plays.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(socket);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString().strip();
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  public record Request(String line, Map<String, String> headers, String body) {}

  /** What the server does after it has read a request; the connection is closed behind it. */
  @FunctionalInterface
  public interface Act {

    void play(OutputStream out, CountDownLatch closing) throws IOException, InterruptedException;

    static Act answer(int status, String headers, String body) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return (out, closing) -> {
        out.write(head(status, headers + "Content-Length: " + bytes.length + "\r\n"));
        out.write(bytes);
        out.flush();
      };
    }

    static Act json(String body) {
      return answer(200, "Content-Type: application/json\r\n", body);
    }

    static Act status(int status) {
      return answer(status, "", "{\"error\":{\"message\":\"no\",\"code\":" + status + "}}");
    }

    static Act status(int status, String retryAfter) {
      return answer(status, "Retry-After: " + retryAfter + "\r\n", "");
    }

    static Act drop() {
      return (out, closing) -> {};
    }

    static Act silence() {
      return (out, closing) -> closing.await();
    }

    /** A body without an end, as fast as it goes. */
    static Act endless(String beginning) {
      return (out, closing) -> {
        out.write(head(200, "Content-Type: application/json\r\n"));
        out.write(beginning.getBytes(StandardCharsets.UTF_8));
        byte[] more = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
        while (closing.getCount() > 0) {
          out.write(more);
        }
      };
    }

    /** A body of which a byte comes now and then. */
    static Act trickle() {
      return (out, closing) -> {
        out.write(head(200, "Content-Type: application/json\r\n"));
        while (!closing.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
          out.write(' ');
          out.flush();
        }
      };
    }

    /** Promises more than it sends. */
    static Act torn(String body) {
      return (out, closing) -> {
        out.write(head(200, "Content-Length: " + (body.length() + 100) + "\r\n"));
        out.write(body.getBytes(StandardCharsets.UTF_8));
        out.flush();
      };
    }

    private static byte[] head(int status, String headers) {
      return ("HTTP/1.1 " + status + " Scripted\r\n" + headers + "Connection: close\r\n\r\n")
          .getBytes(StandardCharsets.UTF_8);
    }
  }
}
