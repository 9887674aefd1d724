@NullMarked
package dev.longhaul.cli;

import org.jspecify.annotations.NullMarked;
