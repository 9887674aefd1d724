package dev.longhaul.cli.api;

import dev.longhaul.model.BackendUrl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;

/**
 * A server and the path that all requests to it begin with. Java's HTTP client takes no host name with an underscore, which
 * Docker Compose and Swarm give out: such a server is asked by its address, with its name in the Host header.
 */
public record HttpTarget(URI base) {
    /** Lets requests name their host; must run before the first HTTP client is made. */
    public static void allowHostHeader() {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    /** Whether its TLS certificate cannot be checked: no certificate has such a name, and none has its address. */
    public boolean isUncheckable() {
        return base.getHost() == null && "https".equals(base.getScheme());
    }

    /**
     * A request for a path below the base.
     *
     * @throws IOException when the host is unknown
     */
    public HttpRequest.Builder request(String path) throws IOException {
        if (base.getHost() != null) {
            return HttpRequest.newBuilder(URI.create(base + path));
        }
        BackendUrl url = BackendUrl.parse(base.toString());
        InetAddress address = InetAddress.getByName(url.host());
        String literal = address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        String scheme = url.tls() ? "https" : "http";
        return HttpRequest.newBuilder(URI.create(scheme + "://" + literal + ":" + url.port() + url.path() + path))
                .header("Host", base.getRawAuthority());
    }
}
