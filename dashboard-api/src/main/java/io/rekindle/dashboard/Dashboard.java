package io.rekindle.dashboard;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpStatus;
import io.javalin.json.JavalinJackson;
import io.javalin.util.JavalinBindException;
import io.rekindle.dashboard.access.RateLimit;
import io.rekindle.dashboard.admin.AccountRoutes;
import io.rekindle.dashboard.admin.AccountService;
import io.rekindle.dashboard.admin.AdminPages;
import io.rekindle.dashboard.admin.ApiKeyRoutes;
import io.rekindle.dashboard.audiences.AudienceLoop;
import io.rekindle.dashboard.audiences.AudiencePages;
import io.rekindle.dashboard.audiences.AudienceRoutes;
import io.rekindle.dashboard.audiences.AudienceService;
import io.rekindle.dashboard.audit.AuditLogRoutes;
import io.rekindle.dashboard.audit.AuditRetention;
import io.rekindle.dashboard.audit.AuditService;
import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.background.NotYetComputedException;
import io.rekindle.dashboard.background.StatisticsRefresher;
import io.rekindle.dashboard.calibration.CalibrationLoop;
import io.rekindle.dashboard.calibration.CalibrationRoutes;
import io.rekindle.dashboard.calibration.CalibrationService;
import io.rekindle.dashboard.clients.ClientChanges;
import io.rekindle.dashboard.clients.ClientPages;
import io.rekindle.dashboard.clients.ClientRoutes;
import io.rekindle.dashboard.clients.ClientService;
import io.rekindle.dashboard.clients.ClientSinceLoop;
import io.rekindle.dashboard.clients.Erasures;
import io.rekindle.dashboard.clients.PastClientService;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.docs.OpenApiRoutes;
import io.rekindle.dashboard.emails.EmailPages;
import io.rekindle.dashboard.emails.EmailRoutes;
import io.rekindle.dashboard.emails.EmailService;
import io.rekindle.dashboard.experiments.ExperimentPages;
import io.rekindle.dashboard.experiments.ExperimentRoutes;
import io.rekindle.dashboard.experiments.ExperimentService;
import io.rekindle.dashboard.fits.BacktestPages;
import io.rekindle.dashboard.fits.BacktestRoutes;
import io.rekindle.dashboard.fits.BacktestService;
import io.rekindle.dashboard.fits.FitQueue;
import io.rekindle.dashboard.fits.FitRoutes;
import io.rekindle.dashboard.fits.FitSettingsService;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.live.LiveRoutes;
import io.rekindle.dashboard.live.LiveService;
import io.rekindle.dashboard.metrics.Metrics;
import io.rekindle.dashboard.metrics.MetricsRoutes;
import io.rekindle.dashboard.orders.OrderRoutes;
import io.rekindle.dashboard.orders.OrderService;
import io.rekindle.dashboard.outreach.BrandRoutes;
import io.rekindle.dashboard.outreach.BrandService;
import io.rekindle.dashboard.outreach.EmailPreviewService;
import io.rekindle.dashboard.outreach.OutreachPages;
import io.rekindle.dashboard.outreach.OutreachRoutes;
import io.rekindle.dashboard.outreach.OutreachService;
import io.rekindle.dashboard.outreach.PauseWatch;
import io.rekindle.dashboard.outreach.ReviewService;
import io.rekindle.dashboard.outreach.SuppressionPages;
import io.rekindle.dashboard.outreach.SuppressionRoutes;
import io.rekindle.dashboard.outreach.SuppressionService;
import io.rekindle.dashboard.outreach.TestEmailService;
import io.rekindle.dashboard.outreach.WorkbenchRoutes;
import io.rekindle.dashboard.outreach.WorkbenchService;
import io.rekindle.dashboard.pipeline.DeadLetterService;
import io.rekindle.dashboard.pipeline.DeadLetterStore;
import io.rekindle.dashboard.pipeline.DeadLettersUnavailableException;
import io.rekindle.dashboard.pipeline.HealthRoutes;
import io.rekindle.dashboard.pipeline.PipelinePages;
import io.rekindle.dashboard.pipeline.PipelineRoutes;
import io.rekindle.dashboard.pipeline.PipelineService;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import io.rekindle.dashboard.policies.PolicyPages;
import io.rekindle.dashboard.policies.PolicyPreviewQueue;
import io.rekindle.dashboard.policies.PolicyRoutes;
import io.rekindle.dashboard.policies.PolicyService;
import io.rekindle.dashboard.policies.ShopCurrencyLoop;
import io.rekindle.dashboard.reconstruction.ReconstructionLoop;
import io.rekindle.dashboard.reconstruction.ReconstructionQuery;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.signin.FirstAdmin;
import io.rekindle.dashboard.signin.KnownBrowsers;
import io.rekindle.dashboard.signin.OidcAttempts;
import io.rekindle.dashboard.signin.OidcSettings;
import io.rekindle.dashboard.signin.OidcSignInRoutes;
import io.rekindle.dashboard.signin.Passwords;
import io.rekindle.dashboard.signin.PasswordsBusyException;
import io.rekindle.dashboard.signin.Sessions;
import io.rekindle.dashboard.signin.SignInMethods;
import io.rekindle.dashboard.signin.SignInPages;
import io.rekindle.dashboard.signin.SignInRoutes;
import io.rekindle.dashboard.signin.SignInService;
import io.rekindle.dashboard.statistics.ObservedDaysLoop;
import io.rekindle.dashboard.statistics.OverviewPages;
import io.rekindle.dashboard.statistics.PastCounts;
import io.rekindle.dashboard.statistics.SegmentPages;
import io.rekindle.dashboard.statistics.StatisticsRoutes;
import io.rekindle.dashboard.statistics.StatisticsService;
import io.rekindle.dashboard.ui.AssetRoutes;
import io.rekindle.dashboard.ui.Assets;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.Authenticator;
import io.rekindle.dashboard.web.ClientAddress;
import io.rekindle.dashboard.web.ErrorHandler;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Idempotency;
import io.rekindle.dashboard.web.RequestId;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.SecretCookie;
import io.rekindle.dashboard.web.SecurityHeaders;
import io.rekindle.dashboard.web.WriteLimit;
import io.rekindle.dashboard.web.list.ListResponse;
import io.rekindle.platform.process.FatalErrors;
import io.rekindle.platform.settings.DatabaseLogin;
import io.rekindle.scoring.document.InvalidPolicyException;
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

  private final DashboardDatabase database;
  private final FirstAdmin firstAdmin;
  private final Erasures erasures;
  private final AuditRetention auditRetention;
  private final Optional<ReconstructionLoop> reconstruction;
  private final AudienceLoop audienceLoop;
  private final PipelineService pipeline;
  private final PolicyPreviewQueue policyPreviews;
  private final FitQueue fits;
  private final EmailPreviewService emailPreviews;
  private final LiveService live;
  private final MetricsRoutes metricsRoutes;
  private final Authenticator authenticator;
  private final StatisticsRefresher refresher;

  /** Work of the background that nothing else calls. */
  private final List<BackgroundLoop> loops;

  private final PastCounts pastCounts;
  private final Assets assets = new Assets();
  private final PauseWatch pauseWatch;
  private final PageRenderer renderer;
  private final SecretCookie sessionCookie;
  private final List<Routes> routeGroups;
  private Router router;
  private Javalin server;

  private Dashboard(DashboardSettings settings, DashboardDatabase database, Passwords passwords) {
    this.database = database;
    Metrics metrics = new Metrics();
    metricsRoutes = new MetricsRoutes(metrics, settings.metricsPublic());
    database.pools().forEach(metrics::observe);
    Jdbi jdbi = database.jdbi();
    Snapshots snapshots = database.snapshots();
    pauseWatch = new PauseWatch(database.unlimited());
    renderer = new PageRenderer(assets, pauseWatch::notice);
    ApiKeys keys = new ApiKeys(jdbi);
    Sessions sessions = new Sessions(jdbi, settings.signIn().idle(), settings.signIn().max());
    sessionCookie = SecretCookie.of("rekindle_session", settings.https());
    authenticator =
        credentials ->
            credentials.authorization() == null
                ? sessions.principal(credentials.sessionToken(), credentials.background())
                : keys.principal(credentials.authorization());
    firstAdmin =
        new FirstAdmin(
            jdbi,
            passwords,
            settings.signIn().adminEmail(),
            settings.signIn().adminPassword().orElse(null));
    ProgressQuery progress = new ProgressQuery(jdbi);
    DeadLetterStore deadLetters =
        settings
            .pipeline()
            .kafka()
            .map(kafka -> new DeadLetterStore(kafka, settings.pipeline().topicPrefix()))
            .orElse(null);
    pipeline =
        new PipelineService(
            snapshots,
            settings.pipeline().slot(),
            settings.pipeline().topicPrefix(),
            settings.pipeline().flinkUrl().orElse(null),
            deadLetters,
            new ReconstructionQuery(settings.reconstruction()));
    AuditService audit = new AuditService(jdbi);
    ListResponse listResponse = new ListResponse(snapshots);
    PolicyService policyService = new PolicyService(jdbi, snapshots);
    policyPreviews = new PolicyPreviewQueue(database);
    fits = new FitQueue(database);
    BacktestService backtests = new BacktestService(snapshots);
    live = new LiveService(jdbi, progress);
    metrics.gauge("rekindle.dashboard.listeners", "Pages that listen to events.", live::listeners);
    WriteLimit writes =
        new WriteLimit(new RateLimit(settings.writesPerMinute(), Duration.ofMinutes(1)));
    erasures = new Erasures(jdbi);
    auditRetention = new AuditRetention(jdbi, settings.auditRetention());
    CalibrationService calibrations = new CalibrationService(snapshots);
    reconstruction =
        settings.reconstruction()
            ? Optional.of(new ReconstructionLoop(database, settings.reconstructionPause()))
            : Optional.empty();
    reconstruction.ifPresent(
        loop -> {
          metrics.gauge(
              "rekindle.dashboard.reconstruction.share",
              "Part of the clients whose past is reconstructed, 0 to 1.",
              loop::share);
          metrics.gauge(
              "rekindle.dashboard.reconstruction.failing",
              "1 if the last attempt to reconstruct the past failed, otherwise 0.",
              () -> loop.isFailing() ? 1 : 0);
        });
    refresher = new StatisticsRefresher(database.unlimited());
    ExperimentService experiments = new ExperimentService(snapshots, refresher);
    pastCounts = new PastCounts(database.unlimited());
    StatisticsService statistics =
        new StatisticsService(refresher, experiments, pastCounts, settings.messageUsd());
    loops =
        List.of(
            CalibrationLoop.over(database.unlimited()),
            ClientSinceLoop.over(database.jdbi()),
            ObservedDaysLoop.over(database.unlimited()),
            ShopCurrencyLoop.over(database.unlimited()));
    EmailService emails = new EmailService(snapshots);
    ClientService clients = new ClientService(snapshots, statistics::segmentCountsIfCounted);
    PastClientService pastClients = new PastClientService(snapshots, statistics::shopDayIfCounted);
    DeadLetterService deadLetterService = new DeadLetterService(jdbi, deadLetters);
    OutreachService outreach = new OutreachService(database);
    emailPreviews =
        new EmailPreviewService(
            jdbi, settings.writing().layout(), settings.writing().model().orElse(null));
    AudienceService audiences = new AudienceService(jdbi, snapshots);
    audienceLoop = new AudienceLoop(database.unlimited());
    SuppressionService suppressions = new SuppressionService(jdbi, snapshots);
    Optional<OidcSettings> oidc = settings.signIn().oidc();
    SignInMethods signInMethods =
        new SignInMethods(settings.signIn().passwords(), oidc.map(OidcSettings::name).orElse(null));
    SignInService signIn = new SignInService(jdbi, passwords, sessions);
    AccountService accounts = new AccountService(jdbi, passwords, sessions);
    List<Routes> all = new ArrayList<>();
    oidc.ifPresent(
        provider ->
            all.add(
                new OidcSignInRoutes(
                    signIn,
                    new OidcAttempts(jdbi),
                    sessionCookie,
                    provider,
                    () -> ownAddress(settings))));
    Collections.addAll(
        all,
        new AssetRoutes(assets),
        new AdminPages(accounts, keys, audit),
        new PolicyPages(policyService),
        new BacktestPages(backtests),
        new OutreachPages(new WorkbenchService(snapshots), emailPreviews),
        new OverviewPages(statistics),
        new SegmentPages(statistics),
        new EmailPages(emails, statistics),
        new ExperimentPages(experiments),
        new SignInPages(signInMethods),
        new ClientPages(renderer, clients, pastClients, audiences, settings.scoreOverrides()),
        new AudiencePages(audiences),
        new AudienceRoutes(audiences, listResponse),
        new PipelinePages(pipeline, deadLetterService),
        new StatisticsRoutes(statistics),
        new EmailRoutes(emails, listResponse),
        new ExperimentRoutes(experiments),
        new HealthRoutes(progress),
        new OpenApiRoutes(),
        new SignInRoutes(
            signIn, sessions, new KnownBrowsers(jdbi), sessionCookie, signInMethods.passwords()),
        new AccountRoutes(accounts, sessionCookie),
        new ApiKeyRoutes(keys),
        new AuditLogRoutes(audit, listResponse),
        new ClientRoutes(
            clients,
            pastClients,
            new ClientChanges(jdbi),
            listResponse,
            audiences,
            writes,
            settings.scoreOverrides()),
        new OrderRoutes(
            new Idempotency(jdbi), new OrderService(jdbi, settings.pipeline().slot()), writes),
        new PipelineRoutes(pipeline, deadLetterService),
        new PolicyRoutes(policyService, policyPreviews),
        new FitRoutes(fits, new FitSettingsService(jdbi, snapshots)),
        new BacktestRoutes(backtests),
        new CalibrationRoutes(calibrations),
        new OutreachRoutes(outreach),
        new BrandRoutes(new BrandService(jdbi), emailPreviews),
        new WorkbenchRoutes(
            emailPreviews,
            new TestEmailService(jdbi, snapshots),
            new ReviewService(jdbi, snapshots)),
        new SuppressionPages(suppressions),
        new SuppressionRoutes(suppressions, listResponse),
        new LiveRoutes(live),
        metricsRoutes);
    routeGroups = List.copyOf(all);
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
    DatabaseLogin database = settings.database();
    return start(
        settings,
        new DashboardDatabase(database.url(), database.user(), database.password()),
        new Passwords(Passwords.Cost.RECOMMENDED));
  }

  /** Starts over a database, which it closes. */
  static Dashboard start(
      DashboardSettings settings, DashboardDatabase database, Passwords passwords) {
    Dashboard dashboard = new Dashboard(settings, database, passwords);
    try {
      dashboard.server = Javalin.create(config -> dashboard.configure(config, settings));
      dashboard.server.start(settings.host(), settings.port());
      if (settings.signIn().passwords()) {
        dashboard.firstAdmin.start();
      }
      dashboard.refresher.start();
      dashboard.loops.forEach(BackgroundLoop::start);
      dashboard.erasures.start();
      dashboard.auditRetention.start();
      dashboard.reconstruction.ifPresent(ReconstructionLoop::start);
      dashboard.audienceLoop.start();
      dashboard.pipeline.start();
      dashboard.live.start();
      dashboard.pauseWatch.start();
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
    metricsRoutes.observe(config.routes);
    config.routes.before(new ClientAddress(settings.trustProxy())::note);
    config.routes.before(RequestId::apply);
    config.routes.after(RequestId::forget);
    config.routes.before(new SecurityHeaders(settings.https())::apply);
    ErrorHandler errors = new ErrorHandler(renderer);
    errors.register(config.routes);
    errors.translate(config.routes, InvalidPolicyException.class, PolicyRoutes::problem);
    errors.translate(
        config.routes,
        NotYetComputedException.class,
        e -> HttpProblem.retryLater(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage(), 2));
    errors.translate(
        config.routes,
        PasswordsBusyException.class,
        e -> HttpProblem.retryLater(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage(), 2));
    errors.translate(
        config.routes, EmailPreviewService.BusyException.class, WorkbenchRoutes::problem);
    errors.translate(config.routes, DeadLettersUnavailableException.class, PipelineRoutes::problem);
    router = new Router(config.routes, authenticator, sessionCookie, renderer);
    routeGroups.forEach(group -> group.register(router));
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
    refresher.close();
    loops.forEach(BackgroundLoop::close);
    pastCounts.close();
    firstAdmin.close();
    erasures.close();
    auditRetention.close();
    reconstruction.ifPresent(ReconstructionLoop::close);
    audienceLoop.close();
    pipeline.close();
    policyPreviews.close();
    fits.close();
    emailPreviews.close();
    pauseWatch.close();
    live.close();
    server.stop();
    database.close();
  }

  /**
   * Exit codes: 0 stopped or helped, 1 cannot listen, 2 wrong settings or arguments, 70 an error
   * that ended a thread.
   */
  public static void main(String[] args) {
    FatalErrors.endProcess();
    // Before the first logger is made; of others only problems are worth a line.
    setUnlessSet("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    setUnlessSet("org.slf4j.simpleLogger.log.io.rekindle", "info");
    DashboardSettings settings = DashboardSettings.of(DashboardSettings.SETTINGS.readOrExit(args));
    try {
      Dashboard dashboard = start(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(dashboard::close, "shutdown"));
      LoggerFactory.getLogger(Dashboard.class)
          .info("Dashboard on http://{}:{}", settings.host(), dashboard.port());
    } catch (JavalinBindException e) {
      System.err.println(
          "Cannot listen: "
              + e.getMessage()
              + " Set REKINDLE_DASHBOARD_HOST and REKINDLE_DASHBOARD_PORT.");
      System.exit(1);
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
