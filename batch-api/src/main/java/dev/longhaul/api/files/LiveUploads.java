package dev.longhaul.api.files;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The files and parts under way in this process whose bytes go to S3. For any thread. */
@ApplicationScoped
class LiveUploads {
    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    void add(String id) {
        ids.add(id);
    }

    void remove(String id) {
        ids.remove(id);
    }

    Set<String> ids() {
        return Set.copyOf(ids);
    }
}
