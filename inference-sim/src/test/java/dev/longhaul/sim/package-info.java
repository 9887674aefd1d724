@NullMarked
package dev.longhaul.sim;

import org.jspecify.annotations.NullMarked;
