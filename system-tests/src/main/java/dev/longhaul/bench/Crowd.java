package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ChatLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that each create one-line batches, every batch with an upload of its own and a line counted by itself. */
final class Crowd {
    private static final int CLIENTS = 50;

    private final Api api;
    private final AtomicLong created = new AtomicLong();

    Crowd(Api api) {
        this.api = api;
    }

    /** Creates batches as fast as the API takes them and returns their ids. */
    List<String> create(int count) throws Exception {
        Semaphore clients = new Semaphore(CLIENTS);
        return all(count, number -> {
            clients.acquire();
            return () -> {
                try {
                    return createOne();
                } finally {
                    clients.release();
                }
            };
        });
    }

    /** Creates batches at a steady pace, however long each takes, and returns their ids. */
    List<String> create(int count, double perSecond) throws Exception {
        long begin = System.nanoTime();
        return all(count, number -> {
            TimeUnit.NANOSECONDS.sleep(begin + (long) (number * 1e9 / perSecond) - System.nanoTime());
            return this::createOne;
        });
    }

    /** Reads the files of batches that have completed, line by line. */
    void check(List<String> ids) throws Exception {
        Semaphore clients = new Semaphore(CLIENTS);
        all(ids.size(), number -> {
            clients.acquire();
            return () -> {
                try {
                    Batch batch = api.batch(ids.get(number));
                    Bench.check(api, batch, 1);
                    return batch.id();
                } finally {
                    clients.release();
                }
            };
        });
    }

    private String createOne() {
        ChatLines line = ChatLines.of(1).users("one-" + created.incrementAndGet() + "-");
        return api.create(api.upload(line.bytes())).id();
    }

    /** A step waits until the next may start, and returns what that does. */
    private interface Step {
        Callable<String> next(int number) throws InterruptedException;
    }

    private static List<String> all(int count, Step step) throws Exception {
        List<Future<String>> running = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                running.add(executor.submit(step.next(i)));
            }
        }
        List<String> ids = new ArrayList<>();
        for (Future<String> one : running) {
            ids.add(one.get());
        }
        return ids;
    }
}
