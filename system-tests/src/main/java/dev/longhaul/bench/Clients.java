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

/** Creates and checks one-line batches, each with an upload of its own and a line that the simulator counts separately. */
final class Clients {
    private static final int CLIENTS = 50;

    private final Api api;
    private final AtomicLong created = new AtomicLong();

    Clients(Api api) {
        this.api = api;
    }

    /** Creates batches with 50 clients as fast as the API accepts them. Returns their ids. */
    List<String> create(int count) throws Exception {
        Semaphore slots = new Semaphore(CLIENTS);
        return all(count, number -> {
            slots.acquire();
            return () -> {
                try {
                    return createOne();
                } finally {
                    slots.release();
                }
            };
        });
    }

    /** Creates batches at a steady rate, however long each takes. Returns their ids. */
    List<String> create(int count, double perSecond) throws Exception {
        long begin = System.nanoTime();
        return all(count, number -> {
            TimeUnit.NANOSECONDS.sleep(begin + (long) (number * 1e9 / perSecond) - System.nanoTime());
            return this::createOne;
        });
    }

    /** Checks the result files of completed batches line by line. */
    void check(List<String> ids) throws Exception {
        Semaphore slots = new Semaphore(CLIENTS);
        all(ids.size(), number -> {
            slots.acquire();
            return () -> {
                try {
                    Batch batch = api.batch(ids.get(number));
                    Bench.check(api, batch, 1);
                    return batch.id();
                } finally {
                    slots.release();
                }
            };
        });
    }

    private String createOne() {
        ChatLines line = ChatLines.of(1).users("one-" + created.incrementAndGet() + "-");
        return api.create(api.upload(line.bytes())).id();
    }

    /** Waits until the next task may start, and returns it. */
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
