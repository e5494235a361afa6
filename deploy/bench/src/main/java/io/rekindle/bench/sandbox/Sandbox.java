package io.rekindle.bench.sandbox;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.process.Wait;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.Server;
import io.rekindle.local.server.StackSettings;
import io.rekindle.local.stack.Orphans;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Runs single servers of a stack as processes in a directory of their own. */
final class Sandbox implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);

  private final DataDirectory data;
  private final boolean kept;
  private final FileLock lock;
  private final EventLog log;
  private final Installation installation = Installation.current();
  private final StackSettings settings;
  private final Map<Port, Integer> ports;

  /** The servers, the last started one first. */
  private final Deque<ManagedProcess> processes = new ArrayDeque<>();

  private final Thread atExit = new Thread(this::stop);

  private Sandbox(DataDirectory data, boolean kept, FileLock lock, EventLog log) {
    this.data = data;
    this.kept = kept;
    this.lock = lock;
    this.log = log;
    this.settings = StackSettings.readOrCreate(data);
    settings.write(data);
    installation.configure("logging/log4j2.properties", data.config("log4j2.properties"), Map.of());
    this.ports = Port.choose(Map.of(), Map.of(), log::note);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Creates a sandbox in a new directory, which is deleted at the end. */
  static Sandbox temporary(Progress progress) throws IOException {
    return in(Files.createTempDirectory("rekindle-sandbox"), false, progress);
  }

  /**
   * Creates a sandbox in a lasting directory, and ends the processes that a killed run left there.
   */
  static Sandbox kept(Path directory, Progress progress) {
    return in(directory.toAbsolutePath(), true, progress);
  }

  private static Sandbox in(Path directory, boolean kept, Progress progress) {
    DataDirectory data = new DataDirectory(directory);
    data.create();
    FileLock lock = data.lock();
    EventLog log = new EventLog(data.log("sandbox"), progress);
    Orphans.end(data, log);
    return new Sandbox(data, kept, lock, log);
  }

  DataDirectory data() {
    return data;
  }

  EventLog log() {
    return log;
  }

  Installation installation() {
    return installation;
  }

  StackSettings settings() {
    return settings;
  }

  int port(Port port) {
    return ports.get(port);
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @return its process
   * @throws Failure if the server does not answer
   */
  ProcessHandle start(Server server) throws InterruptedException {
    ManagedProcess process = new ManagedProcess(server.process(), data, log);
    String title = process.spec().title();
    processes.push(process);
    process.start();
    AtomicReference<String> trouble = new AtomicReference<>();
    Wait.until(
        () -> answers(server, trouble),
        START_LIMIT,
        POLL,
        () -> title + " does not answer: " + trouble.get());
    return process(server).orElseThrow(() -> new Failure(title + " has ended again"));
  }

  private static boolean answers(Server server, AtomicReference<String> trouble) {
    try {
      server.check();
      return true;
    } catch (IOException e) {
      trouble.set(e.getMessage());
      return false;
    }
  }

  /** Starts servers again that have died. */
  void keepAlive() {
    processes.forEach(ManagedProcess::keepAlive);
  }

  /** Returns the present process of a server; empty if it has none. */
  Optional<ProcessHandle> process(Server server) {
    return PidFile.read(data.pidFile(server.process().name())).flatMap(Pid::handle);
  }

  /** Stops the server that was started last. */
  void stopLast() {
    processes.pop().stop();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    stop();
  }

  private void stop() {
    processes.forEach(ManagedProcess::stop);
    try {
      lock.channel().close();
      if (!kept) {
        DataDirectory.deleteTree(data.root());
      }
    } catch (IOException e) {
      throw new Failure("cannot close " + data.root() + ": " + e.getMessage(), e);
    }
  }
}
