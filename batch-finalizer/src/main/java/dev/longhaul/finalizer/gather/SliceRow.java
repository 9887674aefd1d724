package dev.longhaul.finalizer.gather;

import dev.longhaul.model.SliceId;

/**
 * What a checkpoint writes into a slice's row.
 *
 * @param bitmap its recorded lines, bit {@code i % 8} of byte {@code i / 8} for line {@code i}, trailing zero bytes left out
 * @param full whether these are all of its lines
 */
public record SliceRow(SliceId id, byte[] bitmap, boolean full) {}
