/** {@code ./longhaul bench}: measures against bounds, with a yardstick from the same run. */
@NullMarked
package dev.longhaul.bench;

import org.jspecify.annotations.NullMarked;
