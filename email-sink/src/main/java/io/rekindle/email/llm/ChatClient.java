package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;

/**
 * Sends requests to an OpenAI-compatible chat-completions API, each exactly once. {@link DraftLoop}
 * decides about repeats, not the HTTP library.
 */
final class ChatClient implements AutoCloseable {

  private static final MediaType JSON_TYPE = MediaType.get("application/json");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Retry-After under a name that OkHttp does not know. */
  private static final String RETRY_AFTER = "Rekindle-Retry-After";

  private static final int MAX_ERROR_BYTES = 16 * 1024;

  private final LlmSettings settings;
  private final Clock clock;

  /** Words that a server in JSON mode asks for are in them. */
  private static final String SCHEMA_TEXT = DraftSchema.forInstructions();

  /** Loaded with the client, not with the first email. A broken schema stops the start. */
  private final JsonNode schema = DraftSchema.portable();

  private final ExecutorService threads;
  private final OkHttpClient client;

  ChatClient(LlmSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    AtomicInteger number = new AtomicInteger();
    // As many threads as requests: OkHttp waits for a response in one.
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "llm-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(settings.maxInFlight());
    dispatcher.setMaxRequestsPerHost(settings.maxInFlight());
    this.client =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(settings.maxInFlight(), 30, TimeUnit.SECONDS))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(CONNECT_TIMEOUT)
            // The time of the whole call bounds these, and differs from call to call.
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .addNetworkInterceptor(ChatClient::hideRetryAfter)
            .addInterceptor(
                chain -> {
                  chain.request().tag(LlmGate.Pass.class).started();
                  return chain.proceed(chain.request());
                })
            .build();
  }

  /**
   * The request's body.
   *
   * @param instructions the same for every client
   * @param task for one client
   */
  byte[] body(RequestForms.Attempt attempt, String instructions, String task) {
    RequestForm form = attempt.form();
    ObjectNode body = JSON.createObjectNode();
    body.put("model", settings.model());
    ArrayNode turns = body.putArray("messages");
    String withSchema =
        form.schemaInText() ? instructions.stripTrailing() + SCHEMA_TEXT : instructions;
    if (form.instructions() == RequestForm.Instructions.SYSTEM_TURN) {
      turns.addObject().put("role", "system").put("content", withSchema);
      turns.addObject().put("role", "user").put("content", task);
    } else {
      turns
          .addObject()
          .put("role", "user")
          .put("content", withSchema.stripTrailing() + "\n\n" + task);
    }
    switch (form.output()) {
      case JSON_SCHEMA ->
          body.putObject("response_format")
              .put("type", "json_schema")
              .putObject("json_schema")
              .put("name", "email")
              .put("strict", true)
              .set("schema", schema);
      case JSON_OBJECT -> body.putObject("response_format").put("type", "json_object");
      case NONE -> {}
    }
    switch (form.limit()) {
      case MAX_COMPLETION_TOKENS -> body.put("max_completion_tokens", attempt.tokens());
      case MAX_TOKENS -> body.put("max_tokens", attempt.tokens());
      case NONE -> {}
    }
    // Some gateways stream unless they are withSchema not to.
    body.put("stream", form.streamed());
    if (form.effort()) {
      body.put("reasoning_effort", settings.reasoningEffort());
    }
    if (form.openRouterExtras()) {
      body.putObject("provider").put("require_parameters", true);
      body.putObject("usage").put("include", true);
    }
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is JSON", e);
    }
  }

  /**
   * Sends a request when one of those in flight has ended.
   *
   * @param sentTokens the limit on tokens in the body
   * @param timeout from the start, without the time in the queue
   * @param ended takes the response; called once in any case
   * @return cancels it
   */
  Runnable send(
      byte[] body,
      int sentTokens,
      Duration timeout,
      LlmGate.Pass pass,
      Consumer<ChatResponse> ended) {
    Request request =
        new Request.Builder()
            .url(settings.baseUrl() + "/chat/completions")
            .header("Authorization", "Bearer " + settings.apiKey().value())
            .header("Accept", "application/json")
            .post(new OnceBody(body, pass))
            .tag(LlmGate.Pass.class, pass)
            .build();
    Call call = client.newCall(request);
    call.timeout().timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            ended.accept(ChatResponse.noResponse(reason(e)));
          }

          @Override
          public void onResponse(Call answered, Response response) {
            ended.accept(read(answered, response, sentTokens));
          }
        });
    return call::cancel;
  }

  private ChatResponse read(Call call, Response response, int sentTokens) {
    try (response) {
      boolean success = response.isSuccessful();
      int limit = success ? settings.maxResponseBytes() : MAX_ERROR_BYTES;
      BufferedSource source = response.body().source();
      boolean longer = source.request(limit + 1L);
      if (longer) {
        // Otherwise closing would read on, in the hope of using the connection again.
        call.cancel();
      }
      if (success) {
        return longer
            ? ChatResponse.noResponse(ChatResponse.TOO_LARGE)
            : AnswerReader.read(source.readByteArray(), sentTokens);
      }
      byte[] errorBody = longer ? new byte[0] : source.readByteArray();
      return ChatResponse.httpError(
          response.code(),
          errorBody,
          RetryAfter.parse(response.header(RETRY_AFTER), clock.instant()),
          sentTokens);
    } catch (IOException e) {
      return ChatResponse.noResponse(reason(e));
    } catch (RuntimeException | StackOverflowError e) {
      // OkHttp would only log it, and the request would never end.
      return ChatResponse.malformed("cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /**
   * OkHttp acts on the header by itself: it repeats a request on 503 with {@code Retry-After: 0},
   * and fails on a number that no int holds.
   */
  private static Response hideRetryAfter(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String retryAfter = response.header("Retry-After");
    return retryAfter == null
        ? response
        : response.newBuilder().removeHeader("Retry-After").header(RETRY_AFTER, retryAfter).build();
  }

  private static String reason(IOException e) {
    boolean late = e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException);
    return late ? ChatResponse.TIMEOUT : ChatResponse.CONNECTION;
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    threads.shutdown();
    client.connectionPool().evictAll();
  }

  /**
   * A body that can be sent once. OkHttp repeats a request by itself on 503 with {@code
   * Retry-After: 0}, also with retries switched off, but not one with such a body.
   */
  private static final class OnceBody extends RequestBody {

    private final byte[] bytes;
    private final LlmGate.Pass pass;

    OnceBody(byte[] bytes, LlmGate.Pass pass) {
      this.bytes = bytes;
      this.pass = pass;
    }

    @Override
    public MediaType contentType() {
      return JSON_TYPE;
    }

    @Override
    public long contentLength() {
      return bytes.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      pass.sent();
      sink.write(bytes);
    }
  }
}
