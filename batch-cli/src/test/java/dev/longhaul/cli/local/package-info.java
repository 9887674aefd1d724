@NullMarked
package dev.longhaul.cli.local;

import org.jspecify.annotations.NullMarked;
