@NullMarked
package dev.longhaul.locals3;

import org.jspecify.annotations.NullMarked;
