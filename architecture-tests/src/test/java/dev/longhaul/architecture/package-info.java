/** Holds the lines between the modules; each rule says why it is there. */
@NullMarked
package dev.longhaul.architecture;

import org.jspecify.annotations.NullMarked;
