package io.rekindle.email.sender.smtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server on a real socket that takes everything, unless it was told to answer a command
 * otherwise or to break off.
 */
public final class ScriptedSmtpServer implements AutoCloseable {

  /** An answer that is none: the connection ends. */
  public static final String DROP = "";

  /** A message that was taken, or whose end at least came. */
  public record Received(String from, String to, String data) {

    public String header(String name) {
      String unfolded = data.substring(0, data.indexOf("\r\n\r\n")).replaceAll("\r\n[ \t]", " ");
      List<String> values =
          unfolded
              .lines()
              .filter(
                  line ->
                      line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
              .map(line -> line.substring(name.length() + 1).strip())
              .toList();
      if (values.size() > 1) {
        throw new AssertionError(values.size() + " headers " + name);
      }
      return values.isEmpty() ? null : values.get(0);
    }
  }

  private final ServerSocket socket;
  private final SSLContext tls;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
  private final Map<String, String> always = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> toRecipients = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile List<String> extensions = List.of("8BITMIME");
  private volatile Runnable beforeAnswerToMessage = () -> {};
  private volatile Runnable afterAnswerToMessage = () -> {};

  public ScriptedSmtpServer() throws IOException {
    this(null);
  }

  /**
   * @param tls null to offer none
   */
  public ScriptedSmtpServer(SSLContext tls) throws IOException {
    this.tls = tls;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return socket.getLocalPort();
  }

  public List<Received> received() {
    return received;
  }

  /** Every line that came, but for the messages themselves. */
  public List<String> commands() {
    return commands;
  }

  public int connections() {
    return connections.get();
  }

  public void offer(String... offered) {
    extensions = List.of(offered);
  }

  /**
   * Answers the next such command this way.
   *
   * @param verb the command's first word; {@code .} for the end of the message, {@code CONNECT} for
   *     the greeting
   */
  public void once(String verb, String answer) {
    answers.computeIfAbsent(verb, v -> new ConcurrentLinkedDeque<>()).add(answer);
  }

  public void always(String verb, String answer) {
    always.put(verb, answer);
  }

  /** Answers a command about such a recipient this way, or what comes after it. */
  public void always(String verb, String recipient, String answer) {
    toRecipients.computeIfAbsent(verb, v -> new ConcurrentHashMap<>()).put(recipient, answer);
  }

  /** Answers as usual about such a recipient. */
  public void asUsual(String verb, String recipient) {
    toRecipients.get(verb).remove(recipient);
  }

  void asUsual(String verb) {
    always.remove(verb);
  }

  public void beforeAnswerToMessage(Runnable task) {
    beforeAnswerToMessage = task;
  }

  public void afterAnswerToMessage(Runnable task) {
    afterAnswerToMessage = task;
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : open) {
      connection.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        open.add(connection);
        connections.incrementAndGet();
        threads.execute(
            () -> {
              try (connection) {
                new Conversation(connection).hold();
              } catch (IOException e) {
                // The other side went away, as it may.
              } finally {
                open.remove(connection);
              }
            });
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String answer(String verb, String recipient, String usual) {
    return toRecipients.getOrDefault(verb, Map.of()).entrySet().stream()
        .filter(known -> recipient != null && recipient.contains(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> answer(verb, usual));
  }

  private String answer(String verb, String usual) {
    Deque<String> queued = answers.get(verb);
    String answer = queued == null ? null : queued.poll();
    return answer != null ? answer : always.getOrDefault(verb, usual);
  }

  private final class Conversation {

    private Socket socket;
    private BufferedReader in;
    private OutputStream out;
    private String from;
    private String to;

    Conversation(Socket socket) throws IOException {
      use(socket);
    }

    private void use(Socket newSocket) throws IOException {
      socket = newSocket;
      in =
          new BufferedReader(
              new InputStreamReader(newSocket.getInputStream(), StandardCharsets.ISO_8859_1));
      out = newSocket.getOutputStream();
    }

    void hold() throws IOException {
      if (!say(answer("CONNECT", "220 scripted.example ESMTP"))) {
        return;
      }
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        commands.add(line);
        String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        String answer = answer(verb, verb.equals("RCPT") ? line : to, usual(verb, line));
        if (!say(answer)) {
          return;
        }
        if (verb.equals("STARTTLS") && answer.startsWith("220")) {
          startTls();
        } else if (verb.equals("DATA") && answer.startsWith("354")) {
          if (!takeMessage()) {
            return;
          }
        } else if (verb.equals("QUIT") || answer.startsWith("421")) {
          return;
        }
      }
    }

    private String usual(String verb, String line) {
      return switch (verb) {
        case "EHLO" -> ehlo();
        case "MAIL" -> {
          from = line;
          yield "250 2.1.0 sender ok";
        }
        case "RCPT" -> {
          to = line;
          yield "250 2.1.5 recipient ok";
        }
        case "DATA" -> "354 go ahead";
        case "STARTTLS" -> tls == null ? "502 5.5.1 no" : "220 2.0.0 ready";
        case "AUTH" -> "235 2.7.0 welcome";
        case "QUIT" -> "221 2.0.0 bye";
        case "RSET", "NOOP" -> "250 2.0.0 ok";
        default -> "502 5.5.2 what?";
      };
    }

    private String ehlo() {
      List<String> lines = new ArrayList<>(List.of("scripted.example"));
      lines.addAll(extensions);
      if (tls != null && !(socket instanceof SSLSocket)) {
        lines.add("STARTTLS");
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        text.append(i == lines.size() - 1 ? "250 " : "250-").append(lines.get(i)).append("\r\n");
      }
      return text.toString().strip();
    }

    private boolean takeMessage() throws IOException {
      StringBuilder data = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(".")) {
          beforeAnswerToMessage.run();
          String answer = answer(".", to, "250 2.0.0 taken");
          // The server may have taken a dropped email, which no client can know.
          if (answer.startsWith("2") || answer.equals(DROP)) {
            received.add(new Received(from, to, data.toString()));
          }
          boolean goesOn = say(answer);
          afterAnswerToMessage.run();
          return goesOn;
        }
        data.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
      }
      return false;
    }

    private void startTls() throws IOException {
      SSLSocket layered =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(
                      socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
      layered.setUseClientMode(false);
      layered.startHandshake();
      use(layered);
    }

    private boolean say(String line) throws IOException {
      if (line.equals(DROP)) {
        return false;
      }
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return true;
    }
  }
}
