package dev.longhaul.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Where the large bytes are: {@code LONGHAUL_S3_*}. */
@ConfigMapping(prefix = "longhaul.s3")
public interface ObjectStoreConfig {
    /** Base URL of the S3 service. */
    String endpoint();

    /** The region that requests are signed for. */
    @WithDefault("us-east-1")
    String region();

    /** The bucket; created at start if it is missing. */
    @WithDefault("longhaul")
    String bucket();

    /** The access key's id. */
    String accessKey();

    /** The access key's secret. */
    String secretKey();
}
