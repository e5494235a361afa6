package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.rekindle.deploy.ArchitectureRules.Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compiles small programs that break a rule each, and ones that keep it. */
class ArchitectureRulesTest {

  private static final String CONTEXT =
      "package io.javalin.http; public interface Context { String path(); }";
  private static final String RECORD = "package org.apache.flink.api; public interface Source {}";

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void shouldSeeAModuleThatKnowsOneItMayNot(Module module) {
    Module forbidden =
        List.of(Module.values()).stream()
            .filter(other -> other != module && !module.mayKnow().contains(other))
            .findFirst()
            .orElseThrow();

    assertThat(
            broken(
                ArchitectureRules.arrows(module),
                type(forbidden.rootPackage + ".There", ""),
                type(module.rootPackage + ".Here", forbidden.rootPackage + ".There there;")))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldLetAModuleKnowWhatItMay(Module module) {
    List<Type> types = new ArrayList<>();
    for (Module known : module.mayKnow()) {
      types.add(type(known.rootPackage + ".There", ""));
      types.add(type(module.rootPackage + ".Knows" + known, known.rootPackage + ".There there;"));
    }
    types.add(type(module.rootPackage + ".Here", ""));

    assertThat(broken(ArchitectureRules.arrows(module), types.toArray(Type[]::new))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldSeeACycleOfPackages(Module module) {
    String root = module.rootPackage;

    assertThat(
            broken(
                ArchitectureRules.noPackageCycles(module),
                type(root + ".one.First", root + ".two.deep.Second next;"),
                type(root + ".two.deep.Second", root + ".three.Third next;"),
                type(root + ".three.Third", root + ".one.First next;")))
        .isTrue();
    assertThat(
            broken(
                ArchitectureRules.noPackageCycles(module),
                type(root + ".Root", root + ".one.First next;"),
                type(root + ".one.First", root + ".Root back;")))
        .as("a cycle through the root package")
        .isTrue();
  }

  @Test
  void shouldLetPackagesPointOneWay() {
    assertThat(
            broken(
                ArchitectureRules.noPackageCycles(Module.JOB),
                type("io.rekindle.job.Root", "io.rekindle.job.one.First next;"),
                type("io.rekindle.job.one.First", "io.rekindle.job.two.Second next;"),
                type("io.rekindle.job.two.Second", "")))
        .isFalse();
  }

  @Test
  void shouldSeeJavalinInAService() {
    assertThat(
            broken(
                ArchitectureRules.javalinInRoutesPagesAndWeb(),
                new Type("io.javalin.http.Context", CONTEXT),
                type(
                    "io.rekindle.dashboard.clients.ClientService", "io.javalin.http.Context ctx;")))
        .isTrue();
  }

  @Test
  void shouldLetJavalinIntoRoutesPagesAndWeb() {
    assertThat(
            broken(
                ArchitectureRules.javalinInRoutesPagesAndWeb(),
                new Type("io.javalin.http.Context", CONTEXT),
                type("io.rekindle.dashboard.Dashboard", "io.javalin.http.Context ctx;"),
                type("io.rekindle.dashboard.clients.ClientRoutes", "io.javalin.http.Context ctx;"),
                type("io.rekindle.dashboard.clients.ClientPages", "io.javalin.http.Context ctx;"),
                type("io.rekindle.dashboard.web.list.Paging", "io.javalin.http.Context ctx;")))
        .isFalse();
  }

  @Test
  void shouldSeeTheWebBelowRoutesAndPages() {
    for (String type : List.of("web.HttpProblem", "web.Requests", "web.list.ListResponse")) {
      String web = "io.rekindle.dashboard." + type;
      for (String below :
          List.of("clients.ClientQuery", "clients.ClientService", "access.RateLimit")) {
        assertThat(
                broken(
                    ArchitectureRules.webAboveTheServices(),
                    type(web, ""),
                    type("io.rekindle.dashboard." + below, web + " there;")))
            .as(below)
            .isTrue();
      }
      assertThat(
              broken(
                  ArchitectureRules.webAboveTheServices(),
                  type(web, ""),
                  type("io.rekindle.dashboard.clients.ClientRoutes", web + " there;"),
                  type("io.rekindle.dashboard.ui.Link", web + " there;")))
          .isFalse();
    }
  }

  @Test
  void shouldLetARecordReadItselfFromARequest() {
    assertThat(
            broken(
                ArchitectureRules.webAboveTheServices(),
                type("io.rekindle.dashboard.web.JsonFields", ""),
                type(
                    "io.rekindle.dashboard.orders.NewOrder",
                    "io.rekindle.dashboard.web.JsonFields fields;")))
        .isFalse();
  }

  @Test
  void shouldSeeAServiceThatReadsARequest() {
    Type fields = type("io.rekindle.dashboard.web.JsonFields", "");

    for (Map.Entry<String, Boolean> reader :
        Map.of("OrderService", true, "NewOrder", false, "OrderRoutes", false).entrySet()) {
      assertThat(
              broken(
                  ArchitectureRules.servicesWithoutWeb(),
                  fields,
                  type(
                      "io.rekindle.dashboard.orders." + reader.getKey(),
                      "io.rekindle.dashboard.web.JsonFields fields;")))
          .as(reader.getKey())
          .isEqualTo(reader.getValue());
    }
  }

  @Test
  void shouldSeeARouteOrAPageThatOpensAHandle() {
    Type handle =
        new Type("org.jdbi.v3.core.Handle", "package org.jdbi.v3.core; public interface Handle {}");

    for (Map.Entry<String, Boolean> user :
        Map.of("OrderRoutes", true, "OrderPages", true, "OrderService", false).entrySet()) {
      assertThat(
              broken(
                  ArchitectureRules.noDatabaseInRoutesAndPages(),
                  handle,
                  type(
                      "io.rekindle.dashboard.orders." + user.getKey(),
                      "Object lambda() { java.util.function.Consumer<org.jdbi.v3.core.Handle> c ="
                          + " handle -> handle.toString(); return c; } public"
                          + " org.jdbi.v3.core.Handle handle;")))
          .as(user.getKey())
          .isEqualTo(user.getValue());
    }
  }

  @Test
  void shouldSeeAPlatformThatNeedsALibrary() {
    assertThat(
            broken(
                ArchitectureRules.leafPlatform(),
                new Type("io.javalin.http.Context", CONTEXT),
                type("io.rekindle.platform.rest.Client", "io.javalin.http.Context ctx;")))
        .isTrue();
  }

  @Test
  void shouldSeeFlinkOutsideTheJob() {
    for (String name :
        List.of(
            "io.rekindle.connectors.cdc.Decoder",
            "io.rekindle.email.Email",
            "io.rekindle.scoring.Score",
            "io.rekindle.platform.rest.Client")) {
      assertThat(
              broken(
                  ArchitectureRules.flinkInJobAndConnectorsFlink(),
                  new Type("org.apache.flink.api.Source", RECORD),
                  type(name, "org.apache.flink.api.Source source;")))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void shouldSeeFlinkInTheEvaluator() {
    Type flink = new Type("org.apache.flink.api.Source", RECORD);

    assertThat(
            broken(
                ArchitectureRules.evaluatorWithoutFlink(),
                flink,
                type(
                    "io.rekindle.job.engagement.UserEvaluator",
                    "org.apache.flink.api.Source source;")))
        .isTrue();
    assertThat(
            broken(
                ArchitectureRules.evaluatorWithoutFlink(),
                flink,
                type(
                    "io.rekindle.job.engagement.EngagementOperator",
                    "org.apache.flink.api.Source source;")))
        .isFalse();
  }

  @Test
  void shouldLetFlinkIntoTheJobAndItsConnectors() {
    assertThat(
            broken(
                ArchitectureRules.flinkInJobAndConnectorsFlink(),
                new Type("org.apache.flink.api.Source", RECORD),
                type("io.rekindle.job.source.Reader", "org.apache.flink.api.Source source;"),
                type("io.rekindle.connectors.flink.Reader", "org.apache.flink.api.Source source;")))
        .isFalse();
  }

  @Test
  void shouldSeeScoringThatReadsADatabaseOrAClock() {
    assertThat(
            broken(
                ArchitectureRules.pureScoring(),
                type("io.rekindle.scoring.Score", "java.sql.Connection connection;")))
        .isTrue();
    assertThat(
            broken(
                ArchitectureRules.pureScoring(),
                type("io.rekindle.platform.rest.RestClient", ""),
                type("io.rekindle.scoring.Score", "io.rekindle.platform.rest.RestClient client;")))
        .isTrue();
    assertThat(
            broken(
                ArchitectureRules.noClockInScoringAndJob(),
                type(
                    "io.rekindle.scoring.Score",
                    "long now() { return System.currentTimeMillis(); }")))
        .isTrue();
    assertThat(
            broken(
                ArchitectureRules.noClockInScoringAndJob(),
                type("io.rekindle.job.Decide", "Object now() { return java.time.Instant.now(); }")))
        .isTrue();
  }

  private record Type(String name, String source) {}

  private static Type type(String name, String member) {
    int dot = name.lastIndexOf('.');
    return new Type(
        name,
        "package %s; public class %s { public %s }"
            .formatted(
                name.substring(0, dot),
                name.substring(dot + 1),
                member.isEmpty() ? "int nothing;" : member));
  }

  private boolean broken(ArchRule rule, Type... types) {
    return rule.evaluate(compiled(types)).hasViolation();
  }

  private JavaClasses compiled(Type... types) {
    try {
      Path run = Files.createTempDirectory(directory, "classes");
      List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", run.toString()));
      for (Map.Entry<String, String> source : sources(types).entrySet()) {
        Path file = run.resolve(source.getKey().replace('.', '/') + ".java");
        Files.createDirectories(file.getParent());
        arguments.add(Files.writeString(file, source.getValue()).toString());
      }
      int exitCode =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      assertThat(exitCode).as("the compiler's exit code").isZero();
      return new ClassFileImporter().importPath(run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> sources(Type... types) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Type type : types) {
      sources.put(type.name(), type.source());
    }
    return sources;
  }
}
