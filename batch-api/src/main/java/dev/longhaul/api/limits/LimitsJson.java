package dev.longhaul.api.limits;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.Quota;
import dev.longhaul.store.Quotas;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A tenant's limits, and how much of each is used. */
@Schema(name = "Limits")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record LimitsJson(
        @Schema(enumeration = "limits") String object,
        String tenant,
        LimitJson files,
        LimitJson bytes,
        LimitJson enqueuedBatches,
        LimitJson enqueuedLines,
        LimitJson batchesPerHour) {
    static LimitsJson of(String tenant, Map<Quota, Quotas.Standing> standing) {
        return new LimitsJson(
                "limits",
                tenant,
                LimitJson.of(standing, Quota.FILES),
                LimitJson.of(standing, Quota.BYTES),
                LimitJson.of(standing, Quota.BATCHES),
                LimitJson.of(standing, Quota.LINES),
                LimitJson.of(standing, Quota.BATCHES_AN_HOUR));
    }

    /**
     * One of them.
     *
     * @param limit null for none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Limit")
    record LimitJson(
            @JsonProperty @Nullable Long limit,
            @JsonProperty long used) {
        static LimitJson of(Map<Quota, Quotas.Standing> standing, Quota quota) {
            Quotas.Standing one = standing.getOrDefault(quota, new Quotas.Standing(Quota.UNLIMITED, 0));
            return new LimitJson(one.limit() == Quota.UNLIMITED ? null : (Long) one.limit(), one.used());
        }
    }
}
