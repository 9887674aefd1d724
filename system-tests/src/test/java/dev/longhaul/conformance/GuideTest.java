package dev.longhaul.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.conformance.Toolbox.Program;
import dev.longhaul.system.Stack;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs each block of the guide's page for clients, one after the other in one folder, as its reader would. */
@SystemTest
class GuideTest {
    private static final Path PAGE = Stack.root().resolve("docs/guide/clients.md");
    private static final Pattern BLOCK = Pattern.compile(
            "^## (?<title>[^\n]*)$|^```(?<language>\\w+)\\n(?<code>.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String ANSWERS = "answers.jsonl";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder = Path.of("unset");

    /** A block and the heading that it stands under. */
    record Block(String title, String language, String code) {
        @Override
        public String toString() {
            return title + " (" + language + ")";
        }
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        String title = "";
        for (Matcher matcher = BLOCK.matcher(Files.readString(PAGE)); matcher.find(); ) {
            if (matcher.group("title") != null) {
                title = matcher.group("title");
            } else {
                blocks.add(new Block(title, matcher.group("language"), matcher.group("code")));
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachBlockOfThePageWorks(Block block, Tester tester) throws IOException {
        Files.deleteIfExists(folder.resolve(ANSWERS));

        run(block, tester);

        if (block.code().contains(ANSWERS)) {
            assertThat(Files.readAllLines(folder.resolve(ANSWERS)))
                    .hasSize(2)
                    .allMatch(line -> line.contains("\"status_code\":200"));
        }
    }

    private static void run(Block block, Tester tester) throws IOException {
        Program program = switch (block.language()) {
            case "sh" -> new Program(folder, List.of("sh", "-eu"));
            case "python" -> Toolbox.python("python");
            case "js" -> Toolbox.node("node");
            case "java" -> java();
            default -> throw new IllegalArgumentException("no way to run " + block);
        };
        String name = "Block." + (block.language().equals("js") ? "mjs" : block.language());
        // Node looks for libraries above the script, and nowhere else.
        Path script = Files.writeString(program.home().resolve(name), block.code());
        Stack.Status status = tester.status();
        program.in(folder)
                .run(
                        LIMIT,
                        Map.of("LONGHAUL_API", status.api().toString(), "LONGHAUL_API_KEY", status.apiKey()),
                        List.of(script.toString()));
    }

    private static Program java() {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new Program(
                folder,
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classes));
    }
}
