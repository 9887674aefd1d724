@NullMarked
package dev.longhaul.cli.progress;

import org.jspecify.annotations.NullMarked;
