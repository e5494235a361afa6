package io.rekindle.deploy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Dependencies point one way: {@code deploy/local → dashboard-api, pipeline/job → email-sink →
 * connectors}, {@code pipeline/job → pipeline/scoring}, {@code dashboard-api → pipeline/scoring,
 * connectors}. Both the classes and the declarations in the poms are held to it.
 */
class ArchitectureTest {

  private static final Path ROOT = root();
  private static JavaClasses allClasses;

  /** The modules that have code. */
  enum Module {
    PLATFORM("platform", "rekindle-platform", "io.rekindle.platform"),
    SCORING("pipeline/scoring", "rekindle-scoring", "io.rekindle.scoring"),
    CONNECTORS("connectors", "rekindle-connectors", "io.rekindle.connectors"),
    EMAIL("email-sink", "rekindle-email-sink", "io.rekindle.email"),
    JOB("pipeline/job", "rekindle-job", "io.rekindle.job"),
    DASHBOARD("dashboard-api", "rekindle-dashboard-api", "io.rekindle.dashboard"),
    LOCAL("deploy/local", "rekindle-local", "io.rekindle.local"),
    BENCH("deploy/bench", "rekindle-bench", "io.rekindle.bench");

    private final String path;
    private final String artifact;
    private final String rootPackage;

    Module(String path, String artifact, String rootPackage) {
      this.path = path;
      this.artifact = artifact;
      this.rootPackage = rootPackage;
    }

    Set<Module> mayKnow() {
      return switch (this) {
        case PLATFORM -> Set.of();
        case SCORING, CONNECTORS -> Set.of(PLATFORM);
        case EMAIL -> Set.of(PLATFORM, SCORING, CONNECTORS);
        case JOB -> Set.of(PLATFORM, SCORING, CONNECTORS, EMAIL);
        case DASHBOARD -> Set.of(PLATFORM, SCORING, CONNECTORS);
        case LOCAL -> Set.of(PLATFORM, SCORING, CONNECTORS, EMAIL, JOB, DASHBOARD);
        case BENCH -> Set.of(PLATFORM, SCORING, CONNECTORS, EMAIL, JOB, LOCAL);
      };
    }

    Path classes() {
      return ROOT.resolve(path).resolve("target/classes");
    }

    String packages() {
      return rootPackage + "..";
    }

    List<Module> mustNotKnow() {
      return Arrays.stream(values()).filter(m -> m != this && !mayKnow().contains(m)).toList();
    }
  }

  /** From the modules' own directories: jars may hold several modules. */
  @BeforeAll
  static void readClasses() {
    allClasses =
        new ClassFileImporter()
            .importPaths(Arrays.stream(Module.values()).map(Module::classes).toList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepItsClassesInItsPackage(Module module) {
    JavaClasses ofModule = new ClassFileImporter().importPath(module.classes());

    classes().should().resideInAPackage(module.packages()).check(ofModule);
  }

  @ParameterizedTest
  @EnumSource
  void shouldOnlyKnowTheModulesThatItMay(Module module) {
    String[] forbidden = module.mustNotKnow().stream().map(Module::packages).toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(module.packages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(allClasses);
  }

  @ParameterizedTest
  @EnumSource
  void shouldOnlyDeclareTheModulesThatItMay(Module module) throws Exception {
    List<String> declared =
        dependencies(module).stream()
            .filter(dependency -> dependency.group().equals("io.rekindle"))
            .map(Dependency::artifact)
            .toList();

    assertThat(module.mayKnow().stream().map(m -> m.artifact)).containsAll(declared);
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveVersionsToTheRootPom(Module module) throws Exception {
    assertThat(dependencies(module)).extracting(Dependency::version).allMatch(String::isEmpty);
  }

  @Test
  void shouldCoverEveryModuleThatHasCode() throws Exception {
    NodeList modules = xml(ROOT.resolve("pom.xml")).getElementsByTagName("module");

    assertThat(
            IntStream.range(0, modules.getLength())
                .mapToObj(i -> modules.item(i).getTextContent().strip())
                .filter(path -> Files.isDirectory(ROOT.resolve(path).resolve("src/main"))))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Module.values()).map(module -> module.path).toList());
  }

  @Test
  void shouldKeepScoringPure() throws Exception {
    classes()
        .that()
        .resideInAPackage(Module.SCORING.packages())
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                Module.SCORING.packages(),
                Module.PLATFORM.packages(),
                "java.io..",
                "java.lang..",
                "java.math..",
                "java.nio.charset..",
                "java.security..",
                "java.time..",
                "java.util..",
                "com.fasterxml.jackson.."))
        .because("a score is a function of its arguments")
        .check(allClasses);
    assertThat(dependencies(Module.SCORING).stream().filter(d -> !d.scope().equals("test")))
        .extracting(Dependency::group)
        .containsOnly("com.fasterxml.jackson.core", "io.rekindle");
  }

  @Test
  void shouldAskNoClockInScoringAndInTheJob() {
    noClasses()
        .that(resideInAnyPackage(Module.SCORING.packages(), Module.JOB.packages()))
        .should()
        .accessTargetWhere(readsTheClock())
        .because("event time is the database's, and comes in as an argument")
        .check(allClasses);
  }

  @Test
  void shouldKeepFlinkFromThoseThatRunElsewhere() throws Exception {
    noClasses()
        .that(
            resideInAnyPackage(
                Module.SCORING.packages(),
                Module.EMAIL.packages(),
                Module.DASHBOARD.packages(),
                "io.rekindle.connectors.connect..",
                "io.rekindle.connectors.schema..",
                "io.rekindle.connectors.cdc..",
                "io.rekindle.connectors.events.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.flink..")
        .because(
            "the dashboard, the mailer and the Connect worker have no Flink on their class path")
        .check(allClasses);
    assertThat(dependencies(Module.CONNECTORS))
        .filteredOn(
            dependency ->
                dependency.group().equals("org.apache.flink")
                    || dependency.group().equals("org.apache.kafka"))
        .extracting(Dependency::scope)
        .isSubsetOf("provided", "test");
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

  /**
   * @param scope compile if the pom names none
   * @param version empty if the pom names none
   */
  private record Dependency(String group, String artifact, String scope, String version) {}

  private static List<Dependency> dependencies(Module module) throws Exception {
    Element project = xml(ROOT.resolve(module.path).resolve("pom.xml")).getDocumentElement();
    return children(project, "dependencies").stream()
        .flatMap(dependencies -> children(dependencies, "dependency").stream())
        // A pom carries no code: it only has to be built before.
        .filter(dependency -> text(dependency, "type", "jar").equals("jar"))
        .map(
            dependency ->
                new Dependency(
                    text(dependency, "groupId", ""),
                    text(dependency, "artifactId", ""),
                    text(dependency, "scope", "compile"),
                    text(dependency, "version", "")))
        .toList();
  }

  private static Document xml(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory.newDocumentBuilder().parse(file.toFile());
  }

  private static Set<Element> children(Element parent, String name) {
    Set<Element> children = new LinkedHashSet<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element child && child.getTagName().equals(name)) {
        children.add(child);
      }
    }
    return children;
  }

  private static String text(Element parent, String name, String absent) {
    return children(parent, name).stream()
        .findFirst()
        .map(child -> child.getTextContent().strip())
        .orElse(absent);
  }

  /** Surefire starts in the module's directory, an editor perhaps in the root. */
  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("pipeline/scoring"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("not inside the repository");
      }
    }
    return directory;
  }
}
