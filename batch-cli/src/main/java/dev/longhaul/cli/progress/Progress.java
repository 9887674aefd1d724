package dev.longhaul.cli.progress;

/**
 * How far a batch is.
 *
 * @param total lines, 0 while nobody knows
 */
public record Progress(String status, long total, long completed, long failed) {

    long done() {
        return completed + failed;
    }
}
