package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Creates, lists and revokes API keys; needs an admin key.",
        subcommands = {KeysCommand.Create.class, KeysCommand.ListKeys.class, KeysCommand.Revoke.class})
final class KeysCommand {
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Creates a key and prints its secret, which is shown only once. Creates the tenant if it does not exist.")
    static final class Create implements Callable<Integer> {
        private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhd])");

        @Parameters(index = "0", paramLabel = "NAME", description = "Name that says what the key is for.")
        private String name = "";

        @Option(names = "--tenant", paramLabel = "ID", description = "Tenant that the key belongs to (default: that of the admin key).")
        private @Nullable String tenant;

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                description = "read, write or admin; may be repeated (default: read and write).")
        private List<String> scopes = new ArrayList<>();

        @Option(
                names = "--expires-in",
                paramLabel = "TIME",
                description = "Lifetime, such as 12h or 90d (default: it does not expire).")
        private @Nullable String expiresIn;

        @Mixin
        private ApiOptions api = new ApiOptions();

        @Override
        public Integer call() {
            Duration lifetime = expiresIn == null ? null : duration(expiresIn);
            Key key = api.client().keys().create(name, tenant, scopes, lifetime);
            System.err.println("longhaul: created " + line(key));
            if (key.value() == null) {
                throw new CliException(
                        ExitCode.FAILED,
                        "the first answer was lost and the key is not shown twice; revoke " + key.id()
                                + " and create another");
            }
            System.out.println(key.value());
            return ExitCode.OK;
        }

        private static Duration duration(String text) {
            Matcher span = SPAN.matcher(text);
            if (!span.matches()) {
                throw CliException.usage(
                        "--expires-in must be a number and one of s, m, h, d, such as 90d, and is '" + text + "'");
            }
            long number = Long.parseLong(span.group(1));
            return switch (span.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists keys, the newest first.")
    static final class ListKeys implements Callable<Integer> {
        @Option(names = "--tenant", paramLabel = "ID", description = "Only keys of this tenant.")
        private @Nullable String tenant;

        @Mixin
        private ApiOptions api = new ApiOptions();

        @Override
        public Integer call() {
            ApiClient client = api.client();
            client.keys().list(tenant).forEach(key -> System.out.println(line(key)));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Revokes a key; it is refused within seconds.")
    static final class Revoke implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "ID", description = "The key, key-...; not its secret.")
        private String id = "";

        @Mixin
        private ApiOptions api = new ApiOptions();

        @Override
        public Integer call() {
            api.client().keys().revoke(id);
            System.out.println(id + " is revoked");
            return ExitCode.OK;
        }
    }

    private static String line(Key key) {
        String expiry = key.expiresAt() == 0 ? "" : "  until " + Instant.ofEpochSecond(key.expiresAt());
        return "%s  %s  %s  %s  %s  %s%s"
                .formatted(
                        key.id(),
                        Instant.ofEpochSecond(key.createdAt()),
                        key.tenant(),
                        String.join(",", key.scopes()),
                        key.redactedValue(),
                        key.name(),
                        expiry);
    }
}
