package io.rekindle.deploy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The rules of the architecture. {@link ArchitectureRulesTest} shows each of them fail. */
final class ArchitectureRules {

  private static final String FLINK = "org.apache.flink..";
  private static final String JAVALIN = "io.javalin..";

  private ArchitectureRules() {}

  /** A module with code, and the modules that it may depend on. */
  enum Module {
    PLATFORM("platform", "rekindle-platform", "io.rekindle.platform"),
    SCORING("pipeline/scoring", "rekindle-scoring", "io.rekindle.scoring"),
    PREDICTION("pipeline/prediction", "rekindle-prediction", "io.rekindle.prediction"),
    CONNECTORS("connectors", "rekindle-connectors", "io.rekindle.connectors"),
    EMAIL("email-sink", "rekindle-email-sink", "io.rekindle.email"),
    JOB("pipeline/job", "rekindle-job", "io.rekindle.job"),
    DASHBOARD("dashboard-api", "rekindle-dashboard-api", "io.rekindle.dashboard"),
    LOCAL("deploy/local", "rekindle-local", "io.rekindle.local"),
    BENCH("deploy/bench", "rekindle-bench", "io.rekindle.bench");

    final String path;
    final String artifact;
    final String rootPackage;

    Module(String path, String artifact, String rootPackage) {
      this.path = path;
      this.artifact = artifact;
      this.rootPackage = rootPackage;
    }

    Set<Module> mayKnow() {
      return switch (this) {
        case PLATFORM -> Set.of();
        case SCORING, CONNECTORS -> Set.of(PLATFORM);
        case PREDICTION, EMAIL -> Set.of(PLATFORM, SCORING);
        case JOB -> Set.of(PLATFORM, SCORING, CONNECTORS, EMAIL);
        case DASHBOARD -> Set.of(PLATFORM, SCORING, PREDICTION, CONNECTORS, EMAIL);
        case LOCAL -> Set.of(PLATFORM, SCORING, PREDICTION, CONNECTORS, EMAIL, JOB, DASHBOARD);
        case BENCH -> Set.of(PLATFORM, SCORING, PREDICTION, CONNECTORS, EMAIL, JOB, LOCAL);
      };
    }

    String packages() {
      return rootPackage + "..";
    }

    private List<Module> mustNotKnow() {
      return Arrays.stream(values()).filter(m -> m != this && !mayKnow().contains(m)).toList();
    }
  }

  /** A module depends on no module that it may not know. */
  static ArchRule arrows(Module module) {
    String[] forbidden = module.mustNotKnow().stream().map(Module::packages).toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(module.packages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true);
  }

  /** No package of the module reaches itself through another package of the module. */
  static ArchRule noPackageCycles(Module module) {
    return slices()
        .assignedFrom(eachPackageOf(module.rootPackage))
        .should()
        .beFreeOfCycles()
        .because("a package in a cycle cannot be read, moved or tested without the others");
  }

  private static SliceAssignment eachPackageOf(String rootPackage) {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
        String name = javaClass.getPackageName();
        return name.equals(rootPackage) || name.startsWith(rootPackage + ".")
            ? SliceIdentifier.of(name)
            : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "packages of " + rootPackage;
      }
    };
  }

  /** Services and queries of the dashboard know nothing of HTTP. */
  static ArchRule javalinInRoutesPagesAndWeb() {
    return noClasses()
        .that()
        .resideInAPackage(Module.DASHBOARD.packages())
        .and(areNotOf("Routes or Pages", "\\w*(Routes|Pages)"))
        .and()
        .resideOutsideOfPackage("io.rekindle.dashboard.web..")
        // The composition root starts the server.
        .and(areNotOf("Dashboard", "Dashboard"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JAVALIN)
        .allowEmptyShould(true)
        .because("a route parses and answers, a service does the work");
  }

  /** By the outermost class, so that nested classes and lambdas count with it. */
  private static DescribedPredicate<JavaClass> areNotOf(String description, String simpleName) {
    return DescribedPredicate.not(areOf(description, simpleName));
  }

  private static DescribedPredicate<JavaClass> areOf(String description, String simpleName) {
    return DescribedPredicate.describe(
        "are part of " + description,
        javaClass -> {
          String name = javaClass.getName().replaceAll("\\$.*", "");
          return name.matches(".*\\." + simpleName);
        });
  }

  /** The evaluation of a user can be read and tested without Flink. */
  static ArchRule evaluatorWithoutFlink() {
    return noClasses()
        .that(areOf("UserEvaluator", "UserEvaluator"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(FLINK)
        .allowEmptyShould(true)
        .because("EngagementOperator is the shell that knows Flink");
  }

  /** Flink's types stay where Flink runs; the benchmark starts a job of its own. */
  static ArchRule flinkInJobAndConnectorsFlink() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            Module.JOB.packages(), "io.rekindle.connectors.flink..", Module.BENCH.packages())
        .and()
        .resideInAPackage("io.rekindle..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(FLINK)
        .allowEmptyShould(true)
        .because("the other programs have no Flink on their class path");
  }

  /**
   * Below the routes and pages the dashboard knows nothing of {@code web}: it throws exceptions
   * without HTTP, which {@code ErrorHandler} maps. A record may read itself from the fields of a
   * request.
   */
  static ArchRule webAboveTheServices() {
    return noClasses()
        .that()
        .resideInAPackage(Module.DASHBOARD.packages())
        .and(areNotOf("Routes or Pages", "\\w*(Routes|Pages)"))
        .and()
        .resideOutsideOfPackages(
            "io.rekindle.dashboard.web..",
            "io.rekindle.dashboard.ui..",
            // The generated pages.
            "io.rekindle.dashboard.templates..")
        // The composition root maps the exceptions of features to problems.
        .and(areNotOf("Dashboard", "Dashboard"))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.rekindle.dashboard.web..")
                .and(
                    DescribedPredicate.not(
                        areOf("fields of a request", "(JsonFields|QueryParameters)"))))
        .allowEmptyShould(true)
        .because("a service says what is wrong, a route says it in HTTP");
  }

  /** A service answers from its arguments: it reads no request, not even the fields of one. */
  static ArchRule servicesWithoutWeb() {
    return noClasses()
        .that()
        .resideInAPackage(Module.DASHBOARD.packages())
        .and(areOf("a service", "\\w*Service"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.rekindle.dashboard.web..")
        .allowEmptyShould(true)
        .because("a route parses and answers, a service does the work");
  }

  /** Routes and pages open no handle and run no query. */
  static ArchRule noDatabaseInRoutesAndPages() {
    return noClasses()
        .that()
        .resideInAPackage(Module.DASHBOARD.packages())
        .and(areOf("Routes or Pages", "\\w*(Routes|Pages)"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jdbi..", "java.sql..", "javax.sql..")
        .allowEmptyShould(true)
        .because("a route parses and answers, a service does the work");
  }

  /** The platform rests on the JDK and Jackson alone. */
  static ArchRule leafPlatform() {
    return classes()
        .that()
        .resideInAPackage(Module.PLATFORM.packages())
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                Module.PLATFORM.packages(),
                "java..",
                "javax.net.ssl..",
                "javax.sql..",
                // The HTTP server of the JDK.
                "com.sun.net.httpserver..",
                "com.fasterxml.jackson..",
                // Only who has the pool beside it calls PoolSettings.
                "com.zaxxer.hikari.."))
        .allowEmptyShould(true)
        .because("every module depends on it");
  }

  /** Scoring is a function of its arguments. */
  static ArchRule pureScoring() {
    return classes()
        .that()
        .resideInAnyPackage(Module.SCORING.packages(), Module.PREDICTION.packages())
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                Module.SCORING.packages(),
                Module.PREDICTION.packages(),
                "io.rekindle.platform.text..",
                "java.io..",
                "java.lang..",
                "java.math..",
                // Buffers of bytes in memory; files are in packages below.
                "java.nio",
                "java.nio.charset..",
                "java.security..",
                "java.text",
                "java.time..",
                "java.util..",
                "com.fasterxml.jackson.."))
        .allowEmptyShould(true)
        .because("a score and a fit are functions of their arguments");
  }

  /** Time comes in as an argument. */
  static ArchRule noClockInScoringAndJob() {
    return noClasses()
        .that(
            resideInAnyPackage(
                Module.SCORING.packages(), Module.PREDICTION.packages(), Module.JOB.packages()))
        .should()
        .accessTargetWhere(readsTheClock())
        .allowEmptyShould(true)
        .because("event time is the database's, and comes in as an argument");
  }

  private static DescribedPredicate<JavaAccess<?>> readsTheClock() {
    DescribedPredicate<JavaAccess<?>> system =
        JavaAccess.Predicates.target(owner(nameMatching("java\\.lang\\.System")))
            .and(JavaAccess.Predicates.target(nameMatching("currentTimeMillis")))
            .forSubtype();
    DescribedPredicate<JavaAccess<?>> now =
        JavaAccess.Predicates.target(owner(resideInAPackage("java.time..")))
            .and(JavaAccess.Predicates.target(nameMatching("now|system.*")))
            .forSubtype();
    return system.or(now).as("the machine's clock");
  }
}
