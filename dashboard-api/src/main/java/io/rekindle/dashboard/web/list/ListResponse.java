package io.rekindle.dashboard.web.list;

import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.list.ListPart;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Answers with a page of a list as JSON, or with all of it as CSV. A file is written row by row
 * from one snapshot of the database. Only a few are written at once, since each keeps a connection
 * for as long as its reader takes. Thread-safe.
 */
public final class ListResponse {

  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  private final Snapshots snapshots;
  private final Semaphore atOnce = new Semaphore(2);

  /** Gives the page after a cursor, or the first for null. */
  @FunctionalInterface
  public interface PageSource {
    ListPart page(String cursor, int limit);
  }

  private record ListRequest(boolean csv, String cursor, int limit) {}

  public ListResponse(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * A list in the database.
   *
   * @param query of which the list's filters have been read
   * @throws HttpProblem 400 if the query has mistakes, 429 if too many files are being written
   */
  public <T extends Record> void answer(
      Context ctx,
      QueryParameters query,
      CsvFormat<T> format,
      PageSource pages,
      ItemSource<T> items)
      throws Exception {
    answer(ctx, query, format, pages, handle -> {}, items);
  }

  private <T extends Record> void answer(
      Context ctx,
      QueryParameters query,
      CsvFormat<T> format,
      PageSource pages,
      Consumer<Handle> check,
      ItemSource<T> items)
      throws Exception {
    ListRequest request = request(ctx, query);
    if (!request.csv()) {
      answer(ctx, pages.page(request.cursor(), request.limit()));
      return;
    }
    if (!atOnce.tryAcquire()) {
      throw HttpProblem.retryLater(
          HttpStatus.TOO_MANY_REQUESTS, "Other exports are being written: try again shortly.", 10);
    }
    try {
      snapshots.read(
          handle -> {
            // All clients are sorted before the first row. The pool restores both limits.
            handle.execute("set local statement_timeout = 0");
            handle.getConnection().setNetworkTimeout(Runnable::run, 0);
            check.accept(handle);
            try (Csv csv = CsvAnswer.begin(ctx, format.name(), format.header())) {
              items.forEach(handle, item -> csv.row(format.row(item)));
            }
            return null;
          });
    } finally {
      atOnce.release();
    }
  }

  /**
   * A list in the database that goes back in time.
   *
   * @param exists in SQL, of the parameters alone: whether there is such a list
   * @param missing the answer if there is none
   */
  public <T extends Record> void answer(
      Context ctx,
      CsvFormat<T> format,
      KeysetQuery<T> keysetQuery,
      Map<String, ?> parameters,
      String exists,
      Supplier<HttpProblem> missing)
      throws Exception {
    answer(ctx, QueryParameters.of(ctx), format, keysetQuery, parameters, exists, missing);
  }

  /**
   * A list in the database that goes back in time, with filters.
   *
   * @param query of which the list's filters have been read
   * @param exists in SQL, of the parameters alone: whether there is such a list
   * @param missing the answer if there is none
   */
  public <T extends Record> void answer(
      Context ctx,
      QueryParameters query,
      CsvFormat<T> format,
      KeysetQuery<T> keysetQuery,
      Map<String, ?> parameters,
      String exists,
      Supplier<HttpProblem> missing)
      throws Exception {
    Consumer<Handle> check =
        handle -> {
          if (!handle.select("select " + exists).bindMap(parameters).mapTo(Boolean.class).one()) {
            throw missing.get();
          }
        };
    answer(
        ctx,
        query,
        format,
        (cursor, limit) ->
            snapshots.readOnce(
                handle -> {
                  ListPage<T> page = keysetQuery.page(handle, parameters, exists, cursor, limit);
                  // Only an empty page needs to ask a second time, which saves the others a
                  // transaction.
                  if (page.items().isEmpty()) {
                    check.accept(handle);
                  }
                  return page;
                }),
        check,
        (handle, consumer) -> keysetQuery.forEach(handle, parameters, consumer));
  }

  /** A list in the database that goes back in time, and that always exists. */
  public <T extends Record> void answer(
      Context ctx, CsvFormat<T> format, KeysetQuery<T> keysetQuery) throws Exception {
    answer(ctx, format, keysetQuery, Map.of(), "true", () -> null);
  }

  /** A list that is somewhere else and fits into memory. */
  public static <T extends Record> void answer(
      Context ctx, CsvFormat<T> format, PageSource pages, Supplier<List<T>> all)
      throws IOException {
    ListRequest request = request(ctx, QueryParameters.of(ctx));
    if (request.csv()) {
      write(ctx, format, all.get());
    } else {
      answer(ctx, pages.page(request.cursor(), request.limit()));
    }
  }

  /** Answers with a page, and with the address of the next one in the header Link of RFC 8288. */
  private static void answer(Context ctx, ListPart page) {
    if (page.nextCursor() != null) {
      String next = ListUrl.of(RequestInfo.of(ctx)).with("cursor", page.nextCursor());
      ctx.header("Link", "<" + next + ">; rel=\"next\"");
    }
    ctx.contentType(ContentType.APPLICATION_JSON).result(Json.bytes(page));
  }

  /** A list so short that it always is one page. */
  public static <T extends Record> void answerWhole(
      Context ctx, CsvFormat<T> format, Supplier<List<T>> all) throws IOException {
    QueryParameters query = QueryParameters.of(ctx);
    boolean csv = wantsCsv(ctx, query);
    query.check();
    if (csv) {
      write(ctx, format, all.get());
    } else {
      answer(ctx, new ListPage<>(all.get(), null));
    }
  }

  /** Writes a file of a few rows. */
  public static <T extends Record> void write(Context ctx, CsvFormat<T> format, List<T> items)
      throws IOException {
    try (Csv csv = CsvAnswer.begin(ctx, format.name(), format.header())) {
      for (T item : items) {
        csv.row(format.row(item));
      }
    }
  }

  /** Whether the request wants CSV: by {@code ?format=csv}, or else in the header Accept. */
  public static boolean wantsCsv(Context ctx, QueryParameters query) {
    String format = query.word("format", Set.of("csv", "json"));
    String accept = ctx.header("Accept");
    return "csv".equals(format)
        || (format == null && accept != null && accept.startsWith("text/csv"));
  }

  private static ListRequest request(Context ctx, QueryParameters query) {
    ListRequest request =
        new ListRequest(
            wantsCsv(ctx, query),
            query.cursor(),
            query.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
    query.check();
    return request;
  }
}
