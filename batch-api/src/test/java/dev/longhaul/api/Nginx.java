package dev.longhaul.api;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An nginx before the service, with the block that the documentation has. */
record Nginx(Process process, int port) implements AutoCloseable {
    private static final Pattern BLOCK = Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL);
    private static final List<String> TEMPORARY = List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi");

    /** Where it is installed, if it is. */
    static Optional<Path> program() {
        return Stream.concat(
                        Stream.of("/usr/sbin"), Stream.of(System.getenv("PATH").split(":")))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Nginx start(Path program) throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "nginx-");
        int port = freePort();
        StringBuilder config = new StringBuilder("daemon off;\nworker_processes 1;\npid nginx.pid;\n")
                .append("error_log stderr error;\nevents { worker_connections 256; }\nhttp {\naccess_log off;\n");
        TEMPORARY.forEach(
                name -> config.append(name).append("_temp_path ").append(name).append(";\n"));
        config.append(block(port)).append("}\n");
        Files.writeString(folder.resolve("nginx.conf"), config);
        Process process = new ProcessBuilder(program.toString(), "-p", folder + "/", "-c", "nginx.conf")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        return new Nginx(process, port);
    }

    private static String block(int port) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/reverse-proxies.md")));
        if (!block.find()) {
            throw new IllegalStateException("docs/reverse-proxies.md has no block for nginx");
        }
        return block.group(1)
                .replace("listen 8000;", "listen 127.0.0.1:" + port + ";")
                .replace("127.0.0.1:8080", "127.0.0.1:" + Api.port());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
