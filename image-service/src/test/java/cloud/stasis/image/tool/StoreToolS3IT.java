package cloud.stasis.image.tool;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.s3.Buckets;
import cloud.stasis.image.blob.s3.S3BlobStore;
import cloud.stasis.image.blob.s3.S3Location;
import cloud.stasis.image.blob.s3.S3Patience;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.testkit.S3Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tool as people start it, on a bucket.
class StoreToolS3IT {
    @TempDir
    Path directory;

    private final S3Location location = Buckets.fresh();

    @Test
    void aBundleInABucketIsListedVerifiedAndRestored() throws Exception {
        byte[] disk = Arrays.copyOf(Stores.noise(300_000, 1), 2_000_000);
        ReferenceName name = ReferenceName.of(ImageId.random());
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(S3BlobStore.open(location, Buckets.credentials(), S3Patience.STANDARD)),
                Clock.systemUTC())) {
            repository.seal(name, Stores.image(Stores.put(repository, disk)));
        }

        assertThat(run("list", url())).contains(name.toString(), "disk-vda     2000000 bytes");
        assertThat(run("verify", url())).contains("damaged objects:  0");
        assertThat(run("inspect", url())).contains("bundles:                 1, of which 0 damaged");
        run("restore", url(), name.toString(), "--to", directory.resolve("out").toString());
        assertThat(directory.resolve("out/disk-vda.raw")).hasBinaryContent(disk);
    }

    private String url() {
        return "s3://" + location.bucket() + "/" + location.prefix();
    }

    private String run(String... arguments) throws Exception {
        Path said = Files.createTempFile(directory, "said", ".txt");
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StoreTool.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder tool =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        tool.environment()
                .putAll(Map.of(
                        "STASIS_S3_ENDPOINT", location.endpoint().orElseThrow().toString(),
                        "STASIS_S3_ACCESS_KEY", S3Server.KEY,
                        "STASIS_S3_SECRET_KEY", S3Server.SECRET));
        Process process = tool.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
