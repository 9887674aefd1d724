/** Plans input files, schedules their slices and calls inference backends. */
@NullMarked
package dev.longhaul.dispatcher;

import org.jspecify.annotations.NullMarked;
