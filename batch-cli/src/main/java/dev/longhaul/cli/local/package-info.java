/** The processes of a Longhaul on this machine: what they are, where they are, starting and stopping them. */
@NullMarked
package dev.longhaul.cli.local;

import org.jspecify.annotations.NullMarked;
