package dev.longhaul.dispatcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A real gateway before two engines at fixed addresses, which it neither checks nor tries again; it lists the models itself. */
record Gateway(Process process) implements AutoCloseable {
    private static final String NGINX = """
            user root;
            daemon off;
            worker_processes 1;
            pid %1$s/pid;
            error_log %1$s/errors;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/1;
              proxy_temp_path %1$s/2;
              fastcgi_temp_path %1$s/3;
              uwsgi_temp_path %1$s/4;
              scgi_temp_path %1$s/5;
              upstream engines {
                server 127.0.0.1:%3$d max_fails=0;
                server 127.0.0.1:%4$d max_fails=0;
              }
              server {
                listen 127.0.0.1:%2$d;
                location = /v1/models { return 200 '{"data":[{"id":"late"}]}'; }
                location / {
                  proxy_pass http://engines;
                  proxy_next_upstream off;
                }
              }
            }
            """;
    private static final String HAPROXY = """
            defaults
              mode http
              retries 0
              timeout connect 2s
              timeout client 60s
              timeout server 60s
            frontend all
              bind 127.0.0.1:%2$d
              http-request return status 200 content-type application/json string '{"data":[{"id":"late"}]}' if { path /v1/models }
              default_backend engines
            backend engines
              balance roundrobin
              server a 127.0.0.1:%3$d
              server b 127.0.0.1:%4$d
            """;

    /** Starts one of the two; where it is not installed the test is skipped, but never in CI. */
    static Gateway start(String program, int port, int oneEngine, int otherEngine) throws IOException {
        Path binary =
                List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin").stream()
                        .map(directory -> Path.of(directory, program))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElse(Path.of(program));
        boolean there = Files.isExecutable(binary);
        if (!there && System.getenv("CI") != null) {
            throw new IllegalStateException(program + " is not installed");
        }
        Assumptions.assumeTrue(there, program + " is not installed");
        Path directory = Files.createTempDirectory(program);
        Path settings = directory.resolve("settings");
        boolean nginx = program.equals("nginx");
        Files.writeString(settings, (nginx ? NGINX : HAPROXY).formatted(directory, port, oneEngine, otherEngine));
        List<String> command = nginx
                ? List.of(binary.toString(), "-p", directory.toString(), "-c", settings.toString())
                : List.of(binary.toString(), "-db", "-f", settings.toString());
        return new Gateway(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start());
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
