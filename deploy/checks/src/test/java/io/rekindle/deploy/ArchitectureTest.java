package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.rekindle.deploy.ArchitectureRules.Module;
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

/** Holds the classes and the poms of every module to {@link ArchitectureRules}. */
class ArchitectureTest {

  private static final Path ROOT = Repository.ROOT;
  private static JavaClasses allClasses;

  /** From the modules' own directories: jars may hold several modules. */
  @BeforeAll
  static void readClasses() {
    allClasses =
        new ClassFileImporter()
            .importPaths(Arrays.stream(Module.values()).map(ArchitectureTest::classes).toList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepItsClassesInItsPackage(Module module) {
    JavaClasses ofModule = new ClassFileImporter().importPath(classes(module));

    ArchRuleDefinition.classes().should().resideInAPackage(module.packages()).check(ofModule);
  }

  @ParameterizedTest
  @EnumSource
  void shouldOnlyKnowTheModulesThatItMay(Module module) {
    ArchitectureRules.arrows(module).check(allClasses);
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveNoCyclesOfPackages(Module module) {
    ArchitectureRules.noPackageCycles(module).check(allClasses);
  }

  @Test
  void shouldKeepJavalinInRoutesPagesAndWeb() {
    ArchitectureRules.javalinInRoutesPagesAndWeb().check(allClasses);
  }

  @Test
  void shouldKeepTheWebAboveTheServices() {
    ArchitectureRules.webAboveTheServices().check(allClasses);
  }

  @Test
  void shouldKeepRequestsFromServices() {
    ArchitectureRules.servicesWithoutWeb().check(allClasses);
  }

  @Test
  void shouldKeepTheDatabaseFromRoutesAndPages() {
    ArchitectureRules.noDatabaseInRoutesAndPages().check(allClasses);
  }

  @Test
  void shouldKeepThePlatformALeaf() {
    ArchitectureRules.leafPlatform().check(allClasses);
  }

  @ParameterizedTest
  @EnumSource
  void shouldOnlyDeclareTheModulesThatItMay(Module module) throws Exception {
    List<String> declared =
        dependencies(module).stream()
            .filter(dependency -> dependency.group().equals("io.rekindle"))
            .filter(dependency -> !dependency.scope().equals("test"))
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
    ArchitectureRules.pureScoring().check(allClasses);
    assertThat(dependencies(Module.SCORING).stream().filter(d -> !d.scope().equals("test")))
        .extracting(Dependency::group)
        .containsOnly("com.fasterxml.jackson.core", "io.rekindle");
  }

  @Test
  void shouldKeepTheEvaluatorFreeOfFlink() {
    ArchitectureRules.evaluatorWithoutFlink().check(allClasses);
  }

  @Test
  void shouldAskNoClockInScoringAndInTheJob() {
    ArchitectureRules.noClockInScoringAndJob().check(allClasses);
  }

  @Test
  void shouldKeepFlinkFromThoseThatRunElsewhere() throws Exception {
    ArchitectureRules.flinkInJobAndConnectorsFlink().check(allClasses);
    assertThat(dependencies(Module.CONNECTORS))
        .filteredOn(
            dependency ->
                dependency.group().equals("org.apache.flink")
                    || dependency.group().equals("org.apache.kafka"))
        .extracting(Dependency::scope)
        .isSubsetOf("provided", "test");
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

  private static Path classes(Module module) {
    return ROOT.resolve(module.path).resolve("target/classes");
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
}
