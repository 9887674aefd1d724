import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.UploadObjectArgs;

/**
 * The yardstick of `bench upload`: the same file, put by the SDK that the service uses, as the SDK does it by itself. Run from its
 * source with the service's own libraries, so that it is the same SDK whatever its version.
 *
 * Arguments: endpoint, region, bucket, access key, secret key, file, puts. Prints the seconds that each put took.
 */
public class S3Put {
    public static void main(String[] arguments) throws Exception {
        String bucket = arguments[2];
        MinioClient client = MinioClient.builder()
                .endpoint(arguments[0])
                .region(arguments[1])
                .credentials(arguments[3], arguments[4])
                .build();
        for (int i = 0; i < Integer.parseInt(arguments[6]); i++) {
            long begin = System.nanoTime();
            client.uploadObject(UploadObjectArgs.builder()
                    .bucket(bucket)
                    .object("bench/put")
                    .filename(arguments[5])
                    .build());
            System.out.println((System.nanoTime() - begin) / 1e9);
            client.removeObject(
                    RemoveObjectArgs.builder().bucket(bucket).object("bench/put").build());
        }
        System.exit(0);
    }
}
