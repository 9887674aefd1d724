package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ModelsTest {
    private final Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    void someModels() {
        Readiness.await();
        database.run("""
                create table if not exists backend_model (
                  backend text not null, model text not null, seen_at timestamptz not null default now(),
                  primary key (backend, model))""");
        database.run("""
                insert into backend_model (backend, model, seen_at) values
                  ('models-1', 'meta-llama/Llama-3', '2026-01-01T00:00:00Z'),
                  ('models-2', 'meta-llama/Llama-3', '2026-01-02T00:00:00Z'),
                  ('models-2', 'an embedder', '2026-01-03T00:00:00Z')""");
    }

    @AfterEach
    void noModels() {
        database.run("delete from backend_model where backend in ('models-1', 'models-2')");
    }

    @Test
    void shouldListEachModelOnce() throws Exception {
        Api.Answer answer = api.get("/v1/models");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("object")).isEqualTo("list");
        assertThat(answer.ids()).containsOnlyOnce("an embedder", "meta-llama/Llama-3");
    }

    @Test
    void shouldRetrieveAModelWhoseNameHasASlashWrittenEitherWay() throws Exception {
        JsonObject model = new JsonObject()
                .put("id", "meta-llama/Llama-3")
                .put("object", "model")
                .put("created", 1_767_312_000L)
                .put("owned_by", "longhaul");

        assertThat(api.get("/v1/models/meta-llama/Llama-3").json()).isEqualTo(model);
        assertThat(api.get("/v1/models/meta-llama%2FLlama-3").json()).isEqualTo(model);
    }

    @Test
    void shouldNotKnowAModelThatNoBackendServes() throws Exception {
        Api.Answer answer = api.get("/v1/models/gpt-none");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error())
                .isEqualTo(new JsonObject()
                        .put("message", "The model 'gpt-none' does not exist.")
                        .put("type", "invalid_request_error")
                        .put("param", "model")
                        .put("code", "model_not_found"));
    }

    @Test
    void shouldNeedAKey() throws Exception {
        assertThat(new Api("").get("/v1/models").status()).isEqualTo(401);
    }
}
