package dev.longhaul.api;

import dev.longhaul.store.Database;
import io.quarkus.test.Mock;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;

/** The service's database in all tests of this module; {@link Faults} breaks it when a test says so. */
@Mock
@Singleton
class BreakableDatabase extends Database {
    BreakableDatabase(Pool pool) {
        super(Faults.breakable(pool));
    }
}
