/** The {@code longhaul} command: thin picocli commands over {@code local}, {@code api} and {@code progress}. */
@NullMarked
package dev.longhaul.cli;

import org.jspecify.annotations.NullMarked;
