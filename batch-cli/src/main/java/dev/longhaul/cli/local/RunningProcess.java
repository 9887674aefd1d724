package dev.longhaul.cli.local;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * The note about a process that we started, kept in {@code run/NAME.json}.
 *
 * @param port where it listens; of the local stack, Kafka's
 * @param healthPath as in {@link ProcessSpec}
 * @param logOffset the size of its log when it was started, in bytes: what stands before is of earlier runs
 * @param fingerprint of what it was started from; another one means that it must be started anew
 * @param recording it writes class data when it ends, which takes it some seconds more
 */
record RunningProcess(
        String name,
        long pid,
        long startedAt,
        int port,
        String healthPath,
        long logOffset,
        String fingerprint,
        boolean recording) {

    @JsonIgnore
    boolean isAlive() {
        return identity().isAlive();
    }

    ProcessIdentity identity() {
        return new ProcessIdentity(pid, startedAt);
    }
}
