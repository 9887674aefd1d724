package dev.longhaul.dispatcher.backend;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The addresses of a backend's host: a name may have several, of which some are dead, or one for IPv6 where only IPv4 is listened at.
 * The one that was last connected to comes first. Any thread.
 */
public final class HostAddresses {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String host;
    private final int port;
    private volatile List<SocketAddress> known = List.of();
    private volatile boolean stale = true;
    private long resolvedNanos;

    HostAddresses(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** All that are known, the best first; none while the name has never been resolved. */
    public List<SocketAddress> known() {
        return known;
    }

    /** A connection was made to one of them: it comes first from now on. */
    public synchronized void prefer(SocketAddress address) {
        List<SocketAddress> before = known;
        int at = before.indexOf(address);
        if (at > 0) {
            SocketAddress[] rotated = before.toArray(SocketAddress[]::new);
            System.arraycopy(before.toArray(SocketAddress[]::new), 0, rotated, 1, at);
            rotated[0] = address;
            known = List.of(rotated);
        }
    }

    /** None of them could be connected to. */
    public void failed() {
        stale = true;
    }

    /** Resolves the name again when that is due; blocks. What is not found stays as it was. */
    void refresh(long nowNanos) {
        if (!stale && nowNanos - resolvedNanos < FRESH_NANOS) {
            return;
        }
        resolvedNanos = nowNanos;
        stale = false;
        try {
            take(Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                    .distinct()
                    .toList());
        } catch (UnknownHostException e) {
            stale = known.isEmpty();
        }
    }

    /** Takes over what the name stands for now. */
    synchronized void take(List<SocketAddress> resolved) {
        List<SocketAddress> before = known;
        known = resolved;
        if (!before.isEmpty()) {
            prefer(before.getFirst());
        }
    }
}
