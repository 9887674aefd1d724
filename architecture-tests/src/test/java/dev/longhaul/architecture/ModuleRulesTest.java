package dev.longhaul.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.longhaul.architecture.Longhaul.CLASSES;
import static dev.longhaul.architecture.Longhaul.MODEL;
import static dev.longhaul.architecture.Longhaul.PROGRAMS;
import static dev.longhaul.architecture.Longhaul.SERVICES;
import static dev.longhaul.architecture.Longhaul.STORE;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which module may know which. */
class ModuleRulesTest {
    @Test
    void shouldSeeTheClassesOfEveryModule() {
        List<String> modules = new ArrayList<>(SERVICES);
        modules.addAll(PROGRAMS);
        modules.addAll(List.of(MODEL, STORE));
        for (String module : modules) {
            assertThat(CLASSES.that(resideInAnyPackage(module))).as(module).isNotEmpty();
        }
    }

    @Test
    void shouldKeepTheModelPure() {
        classes()
                .that()
                .resideInAPackage(MODEL)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(MODEL, "java..", "com.fasterxml.jackson.core..", "org.jspecify..")
                .because("whoever reads a record or an id must not need a framework for it")
                .check(CLASSES);
    }

    @Test
    void shouldKeepThreadsAndInputOutputOutOfTheModel() {
        noClasses()
                .that()
                .resideInAPackage(MODEL)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.file..", "java.sql..", "java.util.concurrent..")
                                .or(named("java.lang.Thread"))
                                .or(named("java.io.File")))
                .because("a type that needs a thread, a file or a socket belongs to the part that owns it")
                .check(CLASSES);
    }

    @Test
    void shouldLetNoServiceKnowAnother() {
        for (String service : SERVICES) {
            String[] others =
                    SERVICES.stream().filter(other -> !other.equals(service)).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(service)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because("services meet in PostgreSQL and Kafka alone")
                    .check(CLASSES);
        }
    }

    @Test
    void shouldLetNoServiceKnowDevelopmentToolsOrTestLibraries() {
        noClasses()
                .that()
                .resideInAnyPackage(SERVICES.toArray(String[]::new))
                .or()
                .resideInAnyPackage(MODEL, STORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PROGRAMS.toArray(String[]::new))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.junit..", "org.assertj..", "org.awaitility..", "io.zonky..", "org.gaul..", "kafka..")
                .because("services run against any Kafka, PostgreSQL and S3")
                .check(CLASSES);
    }

    @Test
    void shouldLetNoProgramKnowTheStoreOrAService() {
        noClasses()
                .that()
                .resideInAnyPackage(PROGRAMS.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVICES.toArray(String[]::new))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage(STORE)
                .because("the command line and the simulator talk to services by their ports, as a tenant does")
                .check(CLASSES);
    }

    @Test
    void shouldLetTheStoreKnowNoService() {
        noClasses()
                .that()
                .resideInAPackage(STORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVICES.toArray(String[]::new))
                .because("what services share must not know who shares it")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> named(String name) {
        return DescribedPredicate.describe(name, type -> type.getName().equals(name));
    }
}
