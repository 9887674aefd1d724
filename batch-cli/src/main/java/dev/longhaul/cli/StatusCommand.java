package dev.longhaul.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longhaul.cli.local.SystemStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows which processes run and are ready.")
final class StatusCommand implements Callable<Integer> {
    @Option(names = "--json", description = "As one line of JSON, with process ids, ports and the API key.")
    private boolean json;

    @Override
    public Integer call() {
        SystemStatus status = Local.system().status();
        System.out.print(json ? toJson(status) + "\n" : toText(status));
        return ExitCode.OK;
    }

    static String toJson(SystemStatus status) {
        ObjectNode node = new ObjectMapper()
                .createObjectNode()
                .put("api", status.api().toString())
                .put("api_key", status.apiKey());
        ArrayNode processes = node.putArray("processes");
        for (SystemStatus.ProcessStatus process : status.processes()) {
            processes
                    .addObject()
                    .put("name", process.name())
                    .put("pid", process.pid())
                    .put("ready", process.ready())
                    .put("port", process.port());
        }
        return node.toString();
    }

    static String toText(SystemStatus status) {
        StringBuilder text = new StringBuilder("API: " + status.api() + "\n");
        for (SystemStatus.ProcessStatus process : status.processes()) {
            String state = process.pid() == null ? "stopped" : process.ready() ? "ready" : "not ready";
            text.append("%-22s %-10s".formatted(process.name(), state));
            if (process.pid() != null) {
                text.append(" process %-8d port %s".formatted(process.pid(), process.port()));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
