/** Kafka, PostgreSQL and S3 on one machine, for development and tests: real servers, no containers. */
@NullMarked
package dev.longhaul.localstack;

import org.jspecify.annotations.NullMarked;
