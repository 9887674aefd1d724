package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The API keys of a service. As safe for several threads as its client. */
public final class KeysApi {
    private final ApiClient client;

    KeysApi(ApiClient client) {
        this.client = client;
    }

    /**
     * Makes an API key.
     *
     * @param tenant null for that of this client's key
     * @param scopes empty for the usual ones
     * @param lifetime null for ever
     */
    public Key create(String name, @Nullable String tenant, List<String> scopes, @Nullable Duration lifetime) {
        String idempotencyKey = UUID.randomUUID().toString();
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name);
        if (tenant != null) {
            body.put("tenant", tenant);
        }
        if (!scopes.isEmpty()) {
            ArrayNode array = body.putArray("scopes");
            scopes.forEach(array::add);
        }
        if (lifetime != null) {
            body.putObject("expires_after").put("anchor", "created_at").put("seconds", lifetime.toSeconds());
        }
        return Key.of(client.json(() -> client.request("/api_keys")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(BodyPublishers.ofString(body.toString()))
                .build()));
    }

    /**
     * All API keys, the newest first.
     *
     * @param tenant null for those of all that this client's key may see
     */
    public List<Key> list(@Nullable String tenant) {
        return client.entries("/api_keys", Integer.MAX_VALUE, "tenant", tenant).stream()
                .map(Key::of)
                .toList();
    }

    /** From now on, or some seconds later, it is refused. */
    public void revoke(String id) {
        client.json(() -> client.request("/api_keys/" + id).DELETE().build());
    }
}
