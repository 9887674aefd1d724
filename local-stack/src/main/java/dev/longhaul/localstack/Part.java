package dev.longhaul.localstack;

/** The servers of a {@link LocalStack}. */
public enum Part {
    KAFKA,
    POSTGRES,
    S3
}
