/** An S3 server for development and tests, run as a process of its own. */
@NullMarked
package dev.longhaul.locals3;

import org.jspecify.annotations.NullMarked;
