@NullMarked
package dev.longhaul.localstack;

import org.jspecify.annotations.NullMarked;
