/** Where every service starts. */
@NullMarked
package dev.longhaul.start;

import org.jspecify.annotations.NullMarked;
