package io.rekindle.dashboard;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.json.JavalinJackson;
import io.javalin.util.JavalinBindException;
import io.rekindle.dashboard.database.Database;
import io.rekindle.dashboard.emails.Emails;
import io.rekindle.dashboard.emails.EmailsArea;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.ClientAddress;
import io.rekindle.dashboard.http.ContractArea;
import io.rekindle.dashboard.http.Failures;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.RateLimit;
import io.rekindle.dashboard.http.RequestId;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.SecurityHeaders;
import io.rekindle.dashboard.live.LiveArea;
import io.rekindle.dashboard.metrics.Metrics;
import io.rekindle.dashboard.numbers.Numbers;
import io.rekindle.dashboard.numbers.NumbersArea;
import io.rekindle.dashboard.orders.OrdersArea;
import io.rekindle.dashboard.outreach.OutreachArea;
import io.rekindle.dashboard.pages.ClientPages;
import io.rekindle.dashboard.pages.DocsPage;
import io.rekindle.dashboard.pages.Frame;
import io.rekindle.dashboard.pages.Pages;
import io.rekindle.dashboard.pages.PipelinePages;
import io.rekindle.dashboard.pages.RulesPages;
import io.rekindle.dashboard.pages.SettingsPages;
import io.rekindle.dashboard.pipeline.DeadLetterStore;
import io.rekindle.dashboard.pipeline.HealthCheck;
import io.rekindle.dashboard.pipeline.PipelineArea;
import io.rekindle.dashboard.pipeline.PipelineQuery;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import io.rekindle.dashboard.policies.PoliciesArea;
import io.rekindle.dashboard.security.Administration;
import io.rekindle.dashboard.security.ApiKeys;
import io.rekindle.dashboard.security.Callers;
import io.rekindle.dashboard.security.FirstAdmin;
import io.rekindle.dashboard.security.OidcSettings;
import io.rekindle.dashboard.security.OidcSignIn;
import io.rekindle.dashboard.security.Passwords;
import io.rekindle.dashboard.security.Sessions;
import io.rekindle.dashboard.security.SignIn;
import io.rekindle.dashboard.security.SignInWays;
import io.rekindle.dashboard.users.Erasures;
import io.rekindle.dashboard.users.UsersArea;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.LoggerFactory;

/**
 * The dashboard's server. Runs whether or not its database does, and says so at {@code /health}.
 *
 * <p>Thread-safe; close it to stop.
 */
public final class Dashboard implements AutoCloseable {

  private final Database database;
  private final FirstAdmin firstAdmin;
  private final Erasures erasures;
  private final PipelineQuery pipeline;
  private final PoliciesArea policies;
  private final LiveArea live;
  private final Metrics metrics;
  private final Callers callers;
  private final Numbers numbers;
  private final Frame frame = new Frame();
  private final List<Area> areas;
  private Router router;
  private Javalin server;

  private Dashboard(DashboardSettings settings) {
    database =
        new Database(
            settings.database().url(), settings.database().user(), settings.database().password());
    metrics = new Metrics(settings.metricsPublic());
    metrics.observe(database.pool());
    Jdbi jdbi = database.jdbi();
    Passwords passwords = new Passwords();
    ApiKeys keys = new ApiKeys(jdbi);
    Sessions sessions =
        new Sessions(jdbi, settings.https(), settings.signIn().idle(), settings.signIn().longest());
    callers = new Callers(sessions, keys);
    firstAdmin =
        new FirstAdmin(
            jdbi,
            passwords,
            settings.signIn().adminEmail(),
            settings.signIn().adminPassword().orElse(null),
            System.out::println);
    ProgressQuery progress = new ProgressQuery(jdbi);
    DeadLetterStore letters =
        settings
            .pipeline()
            .kafkaBootstrap()
            .map(kafka -> new DeadLetterStore(kafka, settings.pipeline().topicPrefix()))
            .orElse(null);
    pipeline =
        new PipelineQuery(
            jdbi,
            progress,
            settings.pipeline().slot(),
            settings.pipeline().topicPrefix(),
            settings.pipeline().flinkUrl().orElse(null),
            letters);
    Lists lists = new Lists(jdbi);
    policies = new PoliciesArea(database);
    live = new LiveArea(jdbi, progress);
    metrics.gauge("rekindle.dashboard.listeners", "Pages that listen to events.", live::listeners);
    RateLimit writes = new RateLimit(settings.writesPerMinute(), Duration.ofMinutes(1));
    erasures = new Erasures(jdbi);
    numbers = new Numbers(database);
    Emails emails = new Emails(jdbi);
    UsersArea users = new UsersArea(jdbi, lists, writes, settings.scoreOverrides());
    PipelineArea pipelineArea = new PipelineArea(jdbi, pipeline, letters);
    OutreachArea outreach = new OutreachArea(database, lists);
    Optional<OidcSettings> oidc = settings.signIn().oidc();
    SignInWays ways =
        new SignInWays(settings.signIn().passwords(), oidc.map(OidcSettings::name).orElse(null));
    Administration administration = new Administration(jdbi, lists, passwords, sessions, keys);
    List<Area> all = new ArrayList<>();
    oidc.ifPresent(
        provider ->
            all.add(
                new OidcSignIn(
                    jdbi, sessions, provider, () -> ownAddress(settings), settings.https())));
    Collections.addAll(
        all,
        frame,
        new DocsPage(frame),
        new SettingsPages(frame, administration),
        new RulesPages(frame, policies, outreach),
        new Pages(frame, numbers, emails, ways),
        new ClientPages(frame, users, numbers, jdbi, settings.scoreOverrides()),
        new PipelinePages(frame, pipelineArea),
        new NumbersArea(numbers),
        new EmailsArea(emails, lists),
        new HealthCheck(progress),
        new ContractArea(),
        new SignIn(jdbi, passwords, sessions, ways.passwords()),
        administration,
        users,
        new OrdersArea(jdbi, writes, settings.pipeline().slot()),
        pipelineArea,
        policies,
        outreach,
        live,
        metrics);
    areas = List.copyOf(all);
  }

  /** Where browsers reach it: as the settings say, or else where it listens. */
  private URI ownAddress(DashboardSettings settings) {
    return settings
        .publicUrl()
        .map(url -> URI.create(url.toString().replaceFirst("/+$", "")))
        .orElseGet(() -> URI.create("http://" + settings.host() + ":" + port()));
  }

  /**
   * Starts to listen; returns when it does.
   *
   * @throws JavalinBindException if the address cannot be listened on
   */
  public static Dashboard start(DashboardSettings settings) {
    Dashboard dashboard = new Dashboard(settings);
    try {
      dashboard.server = Javalin.create(config -> dashboard.configure(config, settings));
      dashboard.server.start(settings.host(), settings.port());
      if (settings.signIn().passwords()) {
        dashboard.firstAdmin.start();
      }
      dashboard.erasures.start();
      dashboard.pipeline.start();
      dashboard.live.start();
      return dashboard;
    } catch (RuntimeException e) {
      dashboard.database.close();
      throw e;
    }
  }

  private void configure(JavalinConfig config, DashboardSettings settings) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.defaultContentType = "application/json";
    config.http.prefer405over404 = true;
    config.jetty.threadPool = new QueuedThreadPool(32, 2);
    config.jsonMapper(new JavalinJackson(Json.MAPPER, false));
    metrics.observe(config.routes);
    config.routes.before(new ClientAddress(settings.trustProxy())::note);
    config.routes.before(RequestId::apply);
    config.routes.after(RequestId::forget);
    config.routes.before(new SecurityHeaders(settings.https())::apply);
    new Failures(frame).register(config.routes);
    router = new Router(config.routes, callers);
    areas.forEach(area -> area.register(router));
  }

  /** The port that it listens on, also when the settings asked for a free one. */
  public int port() {
    return server.port();
  }

  /** Every address and who may use it. */
  public List<Router.Route> routes() {
    return router.registered();
  }

  @Override
  public void close() {
    numbers.close();
    firstAdmin.close();
    erasures.close();
    pipeline.close();
    policies.close();
    live.close();
    server.stop();
    database.close();
  }

  /** Exit codes: 0 stopped or helped, 1 cannot listen, 2 wrong settings or arguments. */
  public static void main(String[] args) {
    // Before the first logger is made; of others only problems are worth a line.
    setUnlessSet("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    setUnlessSet("org.slf4j.simpleLogger.log.io.rekindle", "info");
    if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
      System.out.print(DashboardSettings.help());
      return;
    }
    if (args.length > 0) {
      refuse(2, "Unknown argument " + args[0] + "; --help lists the settings.");
      return;
    }
    try {
      DashboardSettings settings = DashboardSettings.from(System.getenv());
      Dashboard dashboard = start(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(dashboard::close, "shutdown"));
      LoggerFactory.getLogger(Dashboard.class)
          .info("Dashboard on http://{}:{}", settings.host(), dashboard.port());
    } catch (InvalidSettingsException e) {
      refuse(2, e.getMessage());
    } catch (JavalinBindException e) {
      refuse(
          1,
          "Cannot listen: "
              + e.getMessage()
              + " Set REKINDLE_DASHBOARD_HOST and REKINDLE_DASHBOARD_PORT.");
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static void refuse(int exitCode, String reason) {
    System.err.println(reason);
    System.exit(exitCode);
  }
}
