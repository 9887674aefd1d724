package dev.longhaul.cli.progress;

/**
 * How far a batch is.
 *
 * @param total lines, 0 while nobody knows
 * @param note what holds it up, in a few words; may be empty
 */
public record Progress(String status, long total, long completed, long failed, String note) {
    Progress(String status, long total, long completed, long failed) {
        this(status, total, completed, failed, "");
    }

    long done() {
        return completed + failed;
    }
}
