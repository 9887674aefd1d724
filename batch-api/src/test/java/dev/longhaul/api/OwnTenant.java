package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** A tenant that one test has for itself, and what its uploads leave behind. Nothing of it depends on what other tests left. */
record OwnTenant(String id, String key, Database database, ObjectStore objects) {
    static OwnTenant create(Database database, ObjectStore objects) throws Exception {
        String id = "own-" + UUID.randomUUID();
        JsonObject body = new JsonObject().put("name", "k").put("tenant", id);
        String key = Api.admin().post("/v1/api_keys", body.encode()).json().getString("value");
        return new OwnTenant(id, key, database, objects);
    }

    Api api() {
        return new Api(key);
    }

    /** Ends its uploads that are pending, as they would after an hour. */
    void expireUploads() {
        database.run("update upload set expires_at = now() where tenant_id = $1 and status = 'pending'", id);
    }

    /** How many parts its uploads have, with those that are coming. */
    int parts() {
        return database.run(
                        "select 1 from upload_part p join upload u on u.id = p.upload_id where u.tenant_id = $1", id)
                .size();
    }

    /** Whether a file or a part is under way that will not be kept in PostgreSQL alone. */
    boolean isComing() {
        return database.run("""
                        select id from file where tenant_id = $1 and state = 'pending' union all
                        select p.id from upload_part p join upload u on u.id = p.upload_id
                          where u.tenant_id = $1 and p.state = 'pending'""", id).size() > 0;
    }

    /** How many objects there are of its files and parts that are coming. */
    int objectsUnderWay() {
        int count = 0;
        for (Row row : database.run("""
                select id from file where tenant_id = $1 and state = 'pending'
                union select file_id from upload where tenant_id = $1""", id)) {
            count += objects.list("files/" + row.getString(0) + "/").size();
        }
        return count;
    }

    /** Fails unless its files that are not erased are these, and nobody's object is there without a row that stands for it. */
    void assertNothingIsLeftBut(Set<String> fileIds) {
        Set<String> keys = new HashSet<>(objects.list("files/"));
        assertThat(texts("select id from file where tenant_id = '" + id + "' and erased_at is null"))
                .isEqualTo(fileIds);
        keys.removeAll(texts("select object_key from file_segment where object_key is not null"));
        Set<String> comingOrGoing = texts("""
                select id from file where state = 'pending' or (state = 'deleted' and erased_at is null)
                union select file_id from upload where swept_at is null""");
        keys.removeIf(key -> comingOrGoing.contains(key.split("/")[1]));
        assertThat(keys).as("objects that nothing refers to").isEmpty();
        assertThat(texts("""
                select s.file_id from file_segment s where s.file_id like 'part%'
                and not exists (select from upload_part p where p.id = s.file_id)""")).as("segments of parts that are gone").isEmpty();
    }

    private Set<String> texts(String sql) {
        Set<String> texts = new HashSet<>();
        database.run(sql).forEach(row -> texts.add(row.getString(0)));
        return texts;
    }
}
