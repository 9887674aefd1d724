package dev.longhaul.finalizer.gather;

/** What a checkpoint adds to a batch's counts and usage. */
public record BatchRow(String id, Tally added) {}
