/** Reading an input file: is each line valid, and what are its slices. Pure: files, stores and clocks come from outside. */
@NullMarked
package dev.longhaul.dispatcher.plan;

import org.jspecify.annotations.NullMarked;
