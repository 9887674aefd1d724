@NullMarked
package dev.longhaul.cli.failure;

import org.jspecify.annotations.NullMarked;
