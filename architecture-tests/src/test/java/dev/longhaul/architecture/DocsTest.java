package dev.longhaul.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages that repeat what the code says must not fall behind it. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MESSAGE_ID = Pattern.compile("LH-[A-Z]+\\d+");
    private static final Pattern LOGGED_ID = Pattern.compile("LOG\\.(?!debug)\\w+\\([^\"]*\"(LH-[A-Z]+\\d+) ");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
    private static final Pattern PROVEN_ROW = Pattern.compile(".*`\\w+Test(\\.\\w+)?` \\|");

    @Test
    void shouldExplainEveryMessageThatHasAnId() {
        Set<String> logged = new TreeSet<>();
        Longhaul.sources("main").forEach(source -> logged.addAll(found(LOGGED_ID, Longhaul.read(source), 1)));
        Set<String> explained = found(Pattern.compile("\\| (LH-[A-Z]+\\d+) \\|"), page("docs/operations.md"), 1);
        assertThat(explained).as("message ids in docs/operations.md").isEqualTo(logged);
    }

    @Test
    void shouldNameNoMessageThatIsNotThere() {
        Set<String> there = new TreeSet<>();
        Longhaul.sources("main").forEach(source -> there.addAll(found(MESSAGE_ID, Longhaul.read(source), 0)));
        assertThat(there).containsAll(found(MESSAGE_ID, page("docs/operations.md"), 0));
    }

    @Test
    void shouldExplainEverySetting() {
        String page = page("docs/configuration.md");
        List<String> missing = new ArrayList<>();
        for (String setting : settings()) {
            boolean byProperty = page.contains("`" + setting + "`");
            boolean byVariable =
                    page.contains("`" + setting.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_") + "`");
            if (!byProperty && !byVariable) {
                missing.add(setting);
            }
        }
        assertThat(missing)
                .as("settings that docs/configuration.md does not name")
                .isEmpty();
    }

    @Test
    void shouldLinkOnlyToFilesThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (String target : found(LINK, Longhaul.read(page), 1)) {
                if (!target.contains("://") && !Files.exists(page.resolveSibling(target))) {
                    broken.add(page + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void shouldNameOnlyTestsThatAreThere() {
        List<String> missing = new ArrayList<>();
        List<Path> tests = Longhaul.sources("test");
        Matcher matcher = TEST.matcher(page("INVARIANTS.md") + page("docs/compatibility.md") + page("README.md"));
        while (matcher.find()) {
            String method = matcher.group(2);
            boolean there = tests.stream()
                    .filter(test -> test.endsWith(matcher.group(1) + ".java"))
                    .anyMatch(test -> method == null || Longhaul.read(test).contains("void " + method + "("));
            if (!there) {
                missing.add(matcher.group());
            }
        }
        assertThat(missing)
                .as("tests that INVARIANTS.md, docs/compatibility.md or README.md names")
                .isEmpty();
    }

    @Test
    void shouldNameATestForEachRowThatSaysWhoShowsIt() {
        List<String> unproven = new ArrayList<>();
        for (String page : List.of("docs/compatibility.md", "README.md")) {
            boolean isProven = false;
            for (String line : page(page).split("\n")) {
                boolean isHead = line.endsWith("| shown by |");
                isProven = line.startsWith("|") && (isProven || isHead);
                if (isProven
                        && !isHead
                        && !line.startsWith("|---")
                        && !PROVEN_ROW.matcher(line).matches()) {
                    unproven.add(page + ": " + line);
                }
            }
        }
        assertThat(unproven).isEmpty();
    }

    /** Full names; those of a backend, which has a name between, by their last part. */
    private static Set<String> settings() {
        Set<String> settings = new TreeSet<>();
        for (JavaClass type : Longhaul.CLASSES) {
            if (type.isAnnotatedWith("io.smallrye.config.ConfigMapping")) {
                String prefix = type.getAnnotationOfType("io.smallrye.config.ConfigMapping")
                        .get("prefix")
                        .map(String::valueOf)
                        .orElse("");
                type.getMethods().stream()
                        .filter(method -> !method.getRawReturnType().isEquivalentTo(java.util.Map.class))
                        .forEach(method -> settings.add(prefix + "." + kebab(method)));
            } else if (type.getSimpleName().equals("BackendConfig")) {
                type.getMethods().stream()
                        .filter(method -> !method.getRawReturnType().isEquivalentTo(java.util.Map.class))
                        .forEach(method -> settings.add(kebab(method)));
            }
        }
        assertThat(settings).as("settings found").hasSizeGreaterThan(20);
        return settings;
    }

    private static String kebab(JavaMethod method) {
        return method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Set<String> found(Pattern pattern, String text, int group) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(group));
        }
        return found;
    }

    private static String page(String name) {
        return Longhaul.read(ROOT.resolve(name));
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .forEach(pages::add);
        }
        return pages;
    }
}
