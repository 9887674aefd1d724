package dev.longhaul.dispatcher.plan;

/** Hashes an id's decoded UTF-8. A seam, so that tests can make hashes collide. */
@FunctionalInterface
interface IdHash {
    long hash(byte[] array, int offset, int length);
}
