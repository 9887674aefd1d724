package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysCommandTest {
    private static final String KEY = """
            {"id":"key-1","object":"api_key","name":"ci","tenant":"blue","scopes":["read"],"redacted_value":"sk-abcde***wxyz",
            "created_at":1700000000,"expires_at":1700000060,"value":%s}""";

    private final FakeApi api;
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    KeysCommandTest() throws IOException {
        api = new FakeApi();
    }

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(stdout);
        System.setErr(stderr);
        api.close();
    }

    private int keys(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--api";
        all[all.length - 1] = api.url().toString();
        return Main.commandLine().execute(all);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintANewKeyAloneForScripts() {
        api.answer("POST /v1/api_keys", 200, KEY.formatted("\"sk-secret\""));

        assertThat(keys("create", "ci", "--tenant", "blue", "--scope", "read", "--expires-in", "1m"))
                .isZero();

        assertThat(printed()).isEqualTo("sk-secret\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("key-1").doesNotContain("sk-secret");
        assertThat(api.received("POST /v1/api_keys").getFirst().body())
                .isEqualTo("{\"name\":\"ci\",\"tenant\":\"blue\",\"scopes\":[\"read\"],"
                        + "\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":60}}");
    }

    @Test
    void shouldSayWhatToDoWhenTheKeyIsLost() {
        api.answer("POST /v1/api_keys", 200, KEY.formatted("null"));

        assertThat(keys("create", "ci")).isEqualTo(ExitCode.FAILED);

        assertThat(printed()).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("revoke key-1");
    }

    @Test
    void shouldRefuseALifetimeThatIsNone() {
        assertThat(keys("create", "ci", "--expires-in", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--expires-in")
                .contains("'soon'");
    }

    @Test
    void shouldListKeysALine() {
        api.answer(
                "GET /v1/api_keys?limit=100",
                200,
                "{\"object\":\"list\",\"data\":[" + KEY.formatted("null") + "],\"has_more\":false}");

        assertThat(keys("list")).isZero();

        assertThat(printed())
                .isEqualTo(
                        "key-1  2023-11-14T22:13:20Z  blue  read  sk-abcde***wxyz  ci  until 2023-11-14T22:14:20Z\n");
    }

    @Test
    void shouldRevokeAKey() {
        api.answer("DELETE /v1/api_keys/key-1", 200, "{\"id\":\"key-1\",\"object\":\"api_key\",\"deleted\":true}");

        assertThat(keys("revoke", "key-1")).isZero();

        assertThat(printed()).isEqualTo("key-1 is revoked\n");
    }
}
