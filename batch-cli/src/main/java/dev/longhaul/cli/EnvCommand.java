package dev.longhaul.cli;

import dev.longhaul.cli.local.LocalSystem;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        description = "Prints where everything is, for the shell: eval \"$(./longhaul env)\".")
final class EnvCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        LocalSystem system = Local.system();
        Map<String, String> variables = new TreeMap<>(system.serverVariables());
        variables.put("LONGHAUL_API", system.apiUrl().toString());
        variables.put("LONGHAUL_API_KEY", system.apiKey().orElse(""));
        variables.put("LONGHAUL_ADMIN_KEY", system.apiKey().orElse(""));
        variables.forEach((name, value) -> System.out.println("export " + name + "=" + quote(value)));
        return ExitCode.OK;
    }

    static String quote(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
