package dev.longhaul.architecture;

import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.longhaul.architecture.Longhaul.CLASSES;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Habits that hold in every module. */
class HouseRulesTest {
    /**
     * Threads of their own that pause between two tries at a server that is away, or between two looks, and have nothing else to
     * wait for.
     */
    private static final Set<String> MAY_SLEEP = Set.of(
            "dev.longhaul.dispatcher.plan.PlanService",
            "dev.longhaul.dispatcher.dispatch.SliceReports",
            "dev.longhaul.dispatcher.dispatch.SliceIntake",
            "dev.longhaul.dispatcher.dispatch.SuspectRuns",
            "dev.longhaul.finalizer.unserved.UnservedAnswers");

    /**
     * {@code Retry-After} may be a date, which is compared with this machine's clock since the backend's is unknown. When a parked
     * line is due is told from one dispatcher to the next: clocks that differ by a second shift a retry by a second, and nothing else.
     */
    private static final Set<String> MAY_READ_THE_CLOCK = Set.of(
            "dev.longhaul.dispatcher.dispatch.RetryAfter",
            "dev.longhaul.dispatcher.dispatch.LineOpening",
            "dev.longhaul.dispatcher.dispatch.ClaimStore",
            "dev.longhaul.dispatcher.dispatch.Dispatch",
            "dev.longhaul.dispatcher.dispatch.Lane",
            "dev.longhaul.dispatcher.dispatch.SliceOpening");

    @Test
    void shouldTakeTheTimeFromAnInjectedSourceOrPostgresql() {
        noClasses()
                .that(areInServices(MAY_READ_THE_CLOCK))
                .should()
                .callCodeUnitWhere(calls("java.lang.System.currentTimeMillis")
                        .or(calls("java.time.Instant.now"))
                        .or(calls("java.time.LocalDateTime.now"))
                        .or(calls("java.time.OffsetDateTime.now"))
                        .or(calls("java.time.ZonedDateTime.now"))
                        .or(calls("java.time.Clock.systemUTC")))
                .because("clocks of two machines differ; what must be compared is PostgreSQL's time")
                .check(CLASSES);
    }

    @Test
    void shouldNotSleep() {
        noClasses()
                .that(areInServices(MAY_SLEEP))
                .should()
                .callCodeUnitWhere(calls("java.lang.Thread.sleep").or(calls("java.util.concurrent.TimeUnit.sleep")))
                .because("work moves when something happens, not when a pause is over")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesAmongPackages() {
        // A service's settings are read all over it and know nothing themselves, wherever they stand.
        slices().matching("dev.longhaul.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(DescribedPredicate.alwaysTrue(), annotatedWith("io.smallrye.config.ConfigMapping"))
                .check(CLASSES);
    }

    @Test
    void shouldNameClassesAfterWhatTheyDo() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Helpers")
                .because("such names say nothing")
                .check(CLASSES);
    }

    @Test
    void shouldNamePackagesAfterWhatTheyDo() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helpers..", "..misc..")
                .because("a package is a responsibility")
                .check(CLASSES);
    }

    @Test
    void shouldMarkEveryPackageNullMarked() {
        Set<String> packages = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        Stream.of("main", "test")
                .flatMap(folder -> Longhaul.sources(folder).stream())
                .forEach(source -> {
                    packages.add(packageOf(source));
                    if (source.endsWith("package-info.java")
                            && Longhaul.read(source).contains("@NullMarked")) {
                        marked.add(packageOf(source));
                    }
                });
        packages.removeAll(marked);
        assertThat(packages)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }

    @Test
    void shouldWriteNothingToStandardOutputInAService() {
        noClasses()
                .that(areInServices(Set.of()))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("operators read logs")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> areInServices(Set<String> but) {
        String except = but.stream().sorted().collect(Collectors.joining(", "));
        return DescribedPredicate.describe(
                "are in a service or shared" + (but.isEmpty() ? "" : ", except " + except),
                type -> type.getPackageName().matches("dev\\.longhaul\\.(api|dispatcher|finalizer|store|model)(\\..*)?")
                        && but.stream()
                                .noneMatch(name -> type.getName().equals(name)
                                        || type.getName().startsWith(name + "$")));
    }

    private static DescribedPredicate<JavaCall<?>> calls(String method) {
        return DescribedPredicate.describe(
                method,
                call -> (call.getTargetOwner().getName() + "." + call.getName()).equals(method)
                        && call.getTarget().getRawParameterTypes().size() < 2);
    }

    private static String packageOf(Path source) {
        Path folder = source.getParent();
        return folder == null
                ? ""
                : folder.toString().replaceFirst(".*/java/", "").replace('/', '.');
    }
}
