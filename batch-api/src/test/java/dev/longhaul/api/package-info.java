/** The service as its clients see it, against real PostgreSQL, Kafka and S3. */
@NullMarked
package dev.longhaul.api;

import org.jspecify.annotations.NullMarked;
