@NullMarked
package dev.longhaul.cli.api;

import org.jspecify.annotations.NullMarked;
