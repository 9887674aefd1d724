package dev.longhaul.locals3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.http.Method;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ServerTest {
    private static final String BUCKET = "longhaul";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Test
    void shouldServeRangesListAndDelete() throws Exception {
        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "secret")) {
            s3.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
            put(s3, "a/one", "0123456789".getBytes());
            put(s3, "a/two", "x".getBytes());

            try (var range = s3.getObject(GetObjectArgs.builder()
                    .bucket(BUCKET)
                    .object("a/one")
                    .offset(3L)
                    .length(4L)
                    .build())) {
                assertThat(range.readAllBytes()).asString().isEqualTo("3456");
            }
            assertThat(names(s3)).containsExactly("a/one", "a/two");

            s3.removeObject(
                    RemoveObjectArgs.builder().bucket(BUCKET).object("a/one").build());
            assertThat(names(s3)).containsExactly("a/two");
        }
    }

    @Test
    void shouldTakeMultipartOfUnknownLength() throws Exception {
        var bytes = new byte[12 << 20];
        new Random(1).nextBytes(bytes);
        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "secret")) {
            s3.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());

            s3.putObject(PutObjectArgs.builder().bucket(BUCKET).object("big").stream(
                            new ByteArrayInputStream(bytes), -1, 5 << 20)
                    .build());

            try (var back = s3.getObject(
                    GetObjectArgs.builder().bucket(BUCKET).object("big").build())) {
                assertThat(back.readAllBytes()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void shouldKeepObjectsOverARestart() throws Exception {
        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "secret")) {
            s3.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
            put(s3, "kept", "here".getBytes());
        }

        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "secret")) {
            assertThat(names(s3)).containsExactly("kept");
        }
    }

    @Test
    void shouldServeASignedLink() throws Exception {
        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "secret")) {
            s3.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
            put(s3, "linked", "here".getBytes());

            var link = s3.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .bucket(BUCKET)
                    .object("linked")
                    .method(Method.GET)
                    .build());

            try (var body = URI.create(link).toURL().openStream()) {
                assertThat(body.readAllBytes()).asString().isEqualTo("here");
            }
            var unsigned = URI.create(link.substring(0, link.indexOf('?'))).toURL();
            assertThatThrownBy(unsigned::openStream).hasMessageContaining("403");
        }
    }

    @Test
    void shouldRefuseAWrongSecret() throws Exception {
        try (var server = S3Server.start(data, 0, "key", "secret");
                var s3 = client(server, "other")) {
            assertThatThrownBy(() -> s3.bucketExists(
                            BucketExistsArgs.builder().bucket(BUCKET).build()))
                    .isInstanceOf(ErrorResponseException.class);
            assertThatThrownBy(() -> put(s3, "kept", "here".getBytes()))
                    .isInstanceOfSatisfying(
                            ErrorResponseException.class,
                            refused ->
                                    assertThat(refused.errorResponse().code()).isEqualTo("SignatureDoesNotMatch"));
        }
    }

    @Test
    void shouldNameATakenPort() throws Exception {
        try (var server = S3Server.start(data, 0, "key", "secret")) {
            assertThatThrownBy(() -> S3Server.start(data, server.port(), "key", "secret"))
                    .hasMessage("port " + server.port() + " on 127.0.0.1 is taken");
        }
    }

    @Test
    void shouldNameAnUnusableDirectory() throws Exception {
        var file = Files.createFile(data.resolve("file"));

        assertThatThrownBy(() -> S3Server.start(file, 0, "key", "secret"))
                .hasMessageStartingWith("--data " + file + " can't be used");
    }

    private static MinioClient client(S3Server server, String secret) {
        return MinioClient.builder()
                .endpoint("http://127.0.0.1:" + server.port())
                .region("us-east-1")
                .credentials("key", secret)
                .build();
    }

    private static void put(MinioClient s3, String name, byte[] bytes) throws Exception {
        s3.putObject(PutObjectArgs.builder().bucket(BUCKET).object(name).stream(
                        new ByteArrayInputStream(bytes), bytes.length, -1)
                .build());
    }

    private static ArrayList<String> names(MinioClient s3) throws Exception {
        var names = new ArrayList<String>();
        for (var item : s3.listObjects(
                ListObjectsArgs.builder().bucket(BUCKET).recursive(true).build())) {
            names.add(item.get().objectName());
        }
        return names;
    }
}
