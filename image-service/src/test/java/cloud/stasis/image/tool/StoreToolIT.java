package cloud.stasis.image.tool;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Capability;
import cloud.stasis.image.Stores;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// On a bare copy of a store: the objects and references, and nothing else.
class StoreToolIT {
    private record Said(int status, String out, String err) {}

    @TempDir
    Path directory;

    private final SnapshotId snapshot = SnapshotId.random();
    private final byte[] memory = Stores.noise(500_000, 1);
    private final byte[] disk = new byte[5_000_000];
    private Path copy = Path.of("");

    @BeforeEach
    void makeAStoreAndCopyIt() throws IOException {
        System.arraycopy(Stores.noise(300_000, 2), 0, disk, 2_000_000, 300_000);
        Path original = directory.resolve("original");
        try (Repository repository = Stores.open(original)) {
            repository.seal(
                    ReferenceName.of(snapshot),
                    new Manifest(
                            Manifest.CURRENT_VERSION,
                            ReferenceName.Kind.SNAPSHOT,
                            Optional.of(InstanceId.random()),
                            Instant.parse("2026-11-22T10:00:00Z"),
                            Optional.empty(),
                            List.of(
                                    new Part.Disk(new DeviceName("vda"), Stores.put(repository, disk)),
                                    new Part.Disk(new DeviceName("vdb"), Stores.zeros(ByteCount.ofMib(3))),
                                    new Part.Memory(Part.MemoryFormat.LIBVIRT_SAVE, Stores.put(repository, memory)),
                                    new Part.DomainXml(
                                            Stores.put(repository, "<domain/>".getBytes(StandardCharsets.UTF_8)))),
                            Optional.empty(),
                            Map.of("name", "before\u001b[2Jupgrade")));
            Stores.put(repository, Stores.noise(100_000, 3));
        }
        copy = directory.resolve("copy");
        for (String what : List.of("STASIS-STORE", "packs", "manifests", "references")) {
            copy(original.resolve(what), copy.resolve(what));
        }
        Files.delete(copy.resolve("references/image"));
    }

    @Test
    void aBareCopyIsListedVerifiedAndRestored() throws IOException {
        assertThat(run("list", copy.toString(), "--metadata").out)
                .contains("snapshot/" + snapshot, "disk-vda     5000000 bytes", "name = before?[2Jupgrade");
        assertThat(run("inspect", copy.toString()).out).contains("bundles:                 1, of which 0 damaged");
        assertThat(run("plan", copy.toString()).out).containsPattern("bytes that are freed: +1002\\d\\d");
        assertThat(run("verify", copy.toString()).status).isZero();

        Path to = directory.resolve("restored");
        assertThat(run("restore", copy.toString(), snapshot.toString(), "--to", to.toString()).status)
                .isZero();

        assertThat(Files.readAllBytes(to.resolve("disk-vda.raw"))).isEqualTo(disk);
        assertThat(Files.readAllBytes(to.resolve("disk-vdb.raw"))).isEqualTo(new byte[3 * 1024 * 1024]);
        assertThat(Files.readAllBytes(to.resolve("memory.save"))).isEqualTo(memory);
        assertThat(to.resolve("domain.xml")).hasContent("<domain/>");
        assertThat(to.resolve("manifest.json")).content().contains("libvirt-save");
        assertThat(names(copy))
                .as("nothing was made beside")
                .containsExactlyInAnyOrder("STASIS-STORE", "packs", "manifests", "references");
    }

    @Test
    void damageIsSaidAndNothingDamagedIsRestored() throws IOException {
        Path pack = files(copy.resolve("packs")).stream()
                .max((one, other) ->
                        Long.compare(one.toFile().length(), other.toFile().length()))
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 4;
        Files.write(pack, bytes);

        Said verified = run("verify", copy.toString());
        Said restored = run(
                "restore",
                copy.toString(),
                "snapshot/" + snapshot,
                "--to",
                directory.resolve("half").toString());

        assertThat(verified.status).isEqualTo(1);
        assertThat(verified.out).contains("damaged objects:  1", "snapshot/" + snapshot + ": memory misses 1 blobs");
        assertThat(restored.status).isEqualTo(1);
        assertThat(restored.err).contains("HASH_MISMATCH");
        assertThat(directory.resolve("half").resolve("memory.save")).doesNotExist();
        assertThat(Files.readAllBytes(pack)).isEqualTo(bytes);
    }

    @Test
    void aNewSitePullsABundleIntoAnEmptyDirectory() {
        String bundle = "snapshot/" + snapshot;
        String key = Base64.getUrlEncoder().encodeToString(new byte[Capability.Key.LENGTH]);
        String token = run("token", "elsewhere", "--key", key).out.strip();
        Path store = directory.resolve("elsewhere");
        try (StoreServer server = new StoreServer(directory.resolve("original"))) {
            String peer = server.uri().toString();
            assertThat(run("pull", store.toString(), bundle, "--from", peer, "--token", "forged").err)
                    .contains("ACCESS_DENIED");

            Said pulled = run("pull", store.toString(), bundle, "--from", peer, "--token", token);
            Said again = run("pull", store.toString(), bundle, "--from", peer, "--token", token);

            assertThat(pulled.status).as(pulled.err).isZero();
            assertThat(again.out).contains(bundle + ": 0 blobs, 0 bytes");
        }
        assertThat(run("list", store.toString()).out).isEqualTo(run("list", copy.toString()).out);
        assertThat(run("verify", store.toString()).status).isZero();
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThat(run("restore", copy.toString(), "nobody", "--to", "x").err).contains("0 bundles are called");
        assertThat(run("list", directory.resolve("nowhere").toString()).err).contains("there is no store in");
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @Test
    void aStoreThatAServiceHasOpenIsLookedAt() throws IOException {
        try (Repository repository = Stores.open(directory.resolve("original"))) {
            assertThat(repository.blobs()).isPositive();
            assertThat(run("list", directory.resolve("original").toString()).out)
                    .contains("snapshot/" + snapshot);
        }
    }

    private static Said run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = StoreTool.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int status = line.execute(arguments);
        return new Said(status, out.toString(), err.toString());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
