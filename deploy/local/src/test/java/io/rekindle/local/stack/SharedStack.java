package io.rekindle.local.stack;

import io.rekindle.local.process.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One stack for all test classes of a run, since to start one takes most of a minute: each class
 * goes on where the one before it has left the stack, in the order of their numbers here, and can
 * be run alone as well. It begins empty and without a model.
 */
final class SharedStack implements AutoCloseable {

  // After all classes without a number, which the stack would only slow down.
  static final int FIRST = Integer.MAX_VALUE - 3;
  static final int SECOND = FIRST + 1;
  static final int THIRD = FIRST + 2;
  static final int LAST = FIRST + 3;

  private final Path directory;
  private final RunningStack stack;
  private final StubLanguageModel model;

  private SharedStack() throws IOException {
    directory = Files.createTempDirectory("rekindle-stack");
    stack = new RunningStack(directory.resolve("data"));
    model = new StubLanguageModel();
  }

  RunningStack stack() {
    return stack;
  }

  StubLanguageModel model() {
    return model;
  }

  /** Starts the stack, unless it runs. */
  void start() throws IOException, InterruptedException {
    if (!stack.isRunning()) {
      stack.start();
    }
  }

  /** Starts the stack with a model to write by, unless it runs like that. */
  void startWithModel() throws IOException, InterruptedException {
    if (stack.isRunning() && stack.environment().equals(model.environment())) {
      return;
    }
    stack.stop();
    stack.start(model.environment());
  }

  @Override
  public void close() throws IOException {
    try {
      stack.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      model.close();
      DataDirectory.deleteTree(directory);
    }
  }

  /** Gives it to whoever asks, and stops it after the last class. */
  static final class Provider implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == SharedStack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(SharedStack.class))
          .getOrComputeIfAbsent(SharedStack.class, key -> create(), SharedStack.class);
    }

    private static SharedStack create() {
      try {
        return new SharedStack();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
