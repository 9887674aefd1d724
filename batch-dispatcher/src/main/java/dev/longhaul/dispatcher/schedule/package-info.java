/** Which slice goes next: one leader decides, persists, then tells. */
@NullMarked
package dev.longhaul.dispatcher.schedule;

import org.jspecify.annotations.NullMarked;
