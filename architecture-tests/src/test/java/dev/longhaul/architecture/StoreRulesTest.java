package dev.longhaul.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.longhaul.architecture.Longhaul.CLASSES;
import static dev.longhaul.architecture.Longhaul.STORE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may touch PostgreSQL and S3, and how. */
class StoreRulesTest {
    private static final Pattern UPDATE_BATCH =
            Pattern.compile("update batch(?: as)?(?: \\w+)? set (.*?)(?= where |\"\"\"|;)", Pattern.CASE_INSENSITIVE);

    private static final Pattern ASSIGNS_STATUS = Pattern.compile("(^|,)\\s*status\\s*=", Pattern.CASE_INSENSITIVE);

    @Test
    void shouldKeepHibernateAndEntitiesInTheStore() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.hibernate..", "jakarta.persistence..")
                .because("sessions live on a Vert.x context that only the store's one bridge knows")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(STORE)
                .should()
                .dependOnClassesThat()
                .areAnnotatedWith("jakarta.persistence.Entity")
                .because("an entity is the store's own picture of a row")
                .check(CLASSES);
    }

    @Test
    void shouldKeepEntitiesPackagePrivate() {
        classes()
                .that()
                .areAnnotatedWith("jakarta.persistence.Entity")
                .should()
                .notBePublic()
                .because("what leaves the store is a record")
                .check(CLASSES);
    }

    @Test
    void shouldReachPostgresqlThroughDatabaseAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STORE)
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "io\\.vertx\\.(mutiny\\.)?(sqlclient\\.(Pool|SqlConnection|SqlClient|Transaction)|pgclient\\..*)")
                .because(
                        "time limits, retries and the difference between refused and unreachable live in Database; rows may be read anywhere")
                .check(CLASSES);
    }

    @Test
    void shouldUseJdbcForMigrationsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.longhaul.api.setup")
                .and()
                .resideOutsideOfPackages("dev.longhaul.localstack..", "dev.longhaul.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.flywaydb..", "io.quarkus.flyway..")
                .because("everything else uses the reactive client")
                .check(CLASSES);
    }

    @Test
    void shouldReachS3ThroughTheObjectStoreAlone() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.longhaul\\.store\\.ObjectStore(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.minio..", "okhttp3..")
                .because("its errors, retries and limits are the same for every caller")
                .check(CLASSES);
    }

    @Test
    void shouldChangeABatchsStatusInTransitionsAlone() {
        List<String> found = new ArrayList<>();
        for (Path source : Longhaul.sources("main")) {
            Matcher updates = UPDATE_BATCH.matcher(Longhaul.read(source).replaceAll("\\s+", " "));
            while (updates.find()) {
                if (ASSIGNS_STATUS.matcher(updates.group(1)).find()) {
                    found.add(source.getFileName().toString());
                }
            }
        }
        assertThat(found).as("files that set batch.status").containsExactly("Transitions.java");
    }

    @Test
    void shouldNeverChangeABatchThroughItsEntity() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.longhaul.store.BatchEntity")
                .should()
                .setField("dev.longhaul.store.BatchEntity", "status")
                .because("a status changes by compare-and-set")
                .check(CLASSES);
    }
}
