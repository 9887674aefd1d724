package dev.longhaul.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longhaul.cli.failure.Reason;
import dev.longhaul.cli.progress.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "files",
        mixinStandardHelpOptions = true,
        description = "Lists, shows, uploads, downloads and deletes files.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = HelpCommand.class)
final class FilesCommand {
    private static final int MOST = 10_000;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists files, the newest first.")
    int list(
            @Option(
                            names = {"-n", "--limit"},
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "How many, 1 to 10000 (default: ${DEFAULT-VALUE}).")
                    int limit,
            @Option(
                            names = "--purpose",
                            paramLabel = "PURPOSE",
                            defaultValue = "",
                            description = "Only those, such as batch or batch_output.")
                    String purpose,
            @Mixin ApiOptions api) {
        if (limit < 1 || limit > MOST) {
            throw CliException.usage("--limit must be between 1 and " + MOST + ", and is " + limit);
        }
        List<JsonNode> files = api.client().files().list(limit, purpose);
        if (files.isEmpty()) {
            System.err.println("longhaul: there are no such files");
        }
        files.forEach(file -> System.out.println(line(file)));
        return ExitCode.OK;
    }

    private static String line(JsonNode file) {
        return "%s  %s  %15s bytes  %-12s  %s"
                .formatted(
                        file.path("id").asText(),
                        Instant.ofEpochSecond(file.path("created_at").asLong()),
                        Figures.count(file.path("bytes").asLong()),
                        file.path("purpose").asText(),
                        file.path("filename").asText());
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints a file's data as JSON.")
    int show(@Parameters(paramLabel = "ID", description = "The file, file-...") String id, @Mixin ApiOptions api) {
        System.out.println(api.client().files().get(id).toPrettyString());
        return ExitCode.OK;
    }

    @Command(
            name = "upload",
            mixinStandardHelpOptions = true,
            description =
                    "Uploads a file and prints its id. A large one goes in parts; after a break the same command sends"
                            + " the rest.")
    int upload(
            @Parameters(paramLabel = "FILE", description = "The file to upload; - for standard input.") Path file,
            @Option(
                            names = "--purpose",
                            paramLabel = "PURPOSE",
                            defaultValue = "batch",
                            description = "What the file is for (default: ${DEFAULT-VALUE}).")
                    String purpose,
            @Mixin ApiOptions api) {
        System.out.println(Uploading.upload(api.client(), InputFile.check(file), purpose));
        return ExitCode.OK;
    }

    @Command(name = "download", mixinStandardHelpOptions = true, description = "Writes a file's content.")
    int download(
            @Parameters(paramLabel = "ID", description = "The file, file-...") String id,
            @Option(names = "--output", required = true, paramLabel = "FILE", description = "Where to write it; - for standard output.") Path output,
            @Mixin ApiOptions api) {
        ResultTarget target = ResultTarget.check("--output", output);
        try {
            target.write(api.client(), id);
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, output + " cannot be written: " + Reason.of(e));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Deletes files; batches that read them end normally.")
    int delete(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "The files, file-...") List<String> ids,
            @Mixin ApiOptions api) {
        for (String id : ids) {
            api.client().files().delete(id);
            System.out.println(id + " is deleted");
        }
        return ExitCode.OK;
    }
}
