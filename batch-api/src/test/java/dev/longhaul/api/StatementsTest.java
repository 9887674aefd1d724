package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What requests ask of PostgreSQL: statements, begins and commits. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class StatementsTest {
    private final Api api = Api.admin();

    @BeforeEach
    void ready() throws Exception {
        Readiness.await();
        // So that its key is known.
        api.uploaded(Lines.ONE);
    }

    @Test
    void shouldUploadASmallFileAndCreateABatchInTwoStatements() throws Exception {
        long least = Long.MAX_VALUE;
        // Its key is looked up now and then.
        for (int i = 0; i < 3; i++) {
            long before = Faults.count(Faults.REQUESTS);
            String file = api.uploaded(Lines.ONE);
            api.post("/v1/batches", "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/embeddings\"}");
            least = Math.min(least, Faults.count(Faults.REQUESTS) - before);
        }

        int beginsAndCommits = 4;
        assertThat(least).isEqualTo(2 + beginsAndCommits);
    }
}
