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
        long before = Faults.count(Faults.REQUESTS);

        String file = api.uploaded(Lines.ONE);
        api.post("/v1/batches", "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/embeddings\"}");

        int beginsAndCommits = 4;
        assertThat(Faults.count(Faults.REQUESTS) - before).isEqualTo(2 + beginsAndCommits);
    }
}
