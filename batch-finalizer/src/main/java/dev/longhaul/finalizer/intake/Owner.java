package dev.longhaul.finalizer.intake;

/** Who wants to know which partitions this process owns; called on the results loop's thread, must not block. */
public interface Owner {
    /** The partition is owned under that epoch from now on. */
    void tookOver(int partition, long epoch);

    /** Records below the offset are gathered. */
    void gathered(int partition, long offset);

    /** The partition is not owned any more, or will be taken over anew. */
    void lost(int partition);
}
