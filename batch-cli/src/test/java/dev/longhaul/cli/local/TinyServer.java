package dev.longhaul.cli.local;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;

/** A child JVM for tests: {@code serve PORT}, {@code fail}, or {@code deaf PORT}, which does not end on SIGTERM. */
final class TinyServer {
    private TinyServer() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("fail")) {
            System.err.println("the disk is on fire");
            System.exit(1);
        }
        if (arguments[0].equals("deaf")) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> await(new CountDownLatch(1))));
        }
        try (ServerSocket socket =
                new ServerSocket(Integer.parseInt(arguments[1]), 5, InetAddress.getLoopbackAddress())) {
            System.out.println("ready");
            while (true) {
                socket.accept().close();
            }
        }
    }

    private static void await(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
