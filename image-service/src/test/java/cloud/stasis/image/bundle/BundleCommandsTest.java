package cloud.stasis.image.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.Stores;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Copies;
import cloud.stasis.image.sync.Peers;
import cloud.stasis.image.sync.SiteKey;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCommandsTest {
    @TempDir
    Path directory;

    private final ReferenceName name = ReferenceName.of(ImageId.random());
    private final Context context = new Context();
    private final List<Fact> told = new ArrayList<>();
    private Repository repository;
    private ImageFiles files;
    private BundleCommands commands;

    @BeforeEach
    void open() {
        repository = Stores.open(directory);
        files = new ImageFiles(repository);
        BundleTeller teller = new BundleTeller(repository, files, (fact, _) -> told.add(fact));
        Peers peers = new Peers(SiteKey.generate(), directory.resolve("service/peers.properties"), Clock.systemUTC());
        commands = new BundleCommands(
                repository,
                files,
                new ImageDigests(repository, files, () -> false),
                teller,
                new Copies(repository, peers, teller),
                new ImageImports(
                        repository,
                        new ImageUpload(repository, TransferThreads.forThisMachine(), Clock.systemUTC()),
                        source -> {
                            throw new IllegalStateException(source.toString());
                        },
                        Duration.ofMinutes(5)),
                new Archives(repository));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aSealedBundleIsVisibleAndItsFileHasTheSizeThatWasTold() {
        Manifest manifest = Stores.image(Stores.put(repository, Stores.noise(1_000_448, 1)));

        CommandResult.Sealed first = seal(name, manifest);
        CommandResult.Sealed again = seal(name, manifest);

        assertThat(again).isEqualTo(first);
        assertThat(repository.manifest(first.manifest())).isEqualTo(manifest);
        assertThat(first.fileSize()).isEqualTo(files.file(name).size());
        assertThat(repository.reference(name).orElseThrow().manifest()).isEqualTo(first.manifest());
    }

    @Test
    void sealingAgainReplacesTheManifest() {
        Content disk = Stores.put(repository, Stores.noise(100_000, 2));
        seal(name, Stores.image(disk));
        Manifest renamed = new Manifest(
                1,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                Stores.image(disk).takenAt(),
                Optional.empty(),
                Stores.image(disk).parts(),
                Optional.empty(),
                Map.of("name", "new"));

        CommandResult.Sealed sealed = seal(name, renamed);

        assertThat(repository.reference(name).orElseThrow().manifest()).isEqualTo(sealed.manifest());
        assertThat(repository.reference(name).orElseThrow().generation().value())
                .isEqualTo(2);
    }

    @Test
    void aBundleOfWhatIsNotThereStaysInvisible() {
        Content nowhere = new Content(new IndexId(new Digest(1, 2, 3, 4)), ByteCount.ofMib(1));

        assertFails(ErrorCode.MISSING_OBJECT, () -> seal(name, Stores.image(nowhere)));
        assertThat(repository.reference(name)).isEmpty();
    }

    @Test
    void aManifestOfAnotherKindIsRefused() {
        ReferenceName snapshot = ReferenceName.of(SnapshotId.random());

        assertFails(ErrorCode.INVALID_REQUEST, () -> seal(snapshot, Stores.image(Stores.zeros(ByteCount.ofMib(1)))));
    }

    @Test
    void whatIsSaidOfABundleChangesAndItsPartsStay() {
        Manifest manifest = Stores.image(Stores.put(repository, Stores.noise(100_000, 3)));
        seal(name, manifest);

        commands.handle(new ImageCommand.DescribeBundle(name, Map.of("name", "new")), context);

        Manifest described =
                repository.manifest(repository.reference(name).orElseThrow().manifest());
        assertThat(described.metadata()).containsExactly(Map.entry("name", "new"));
        assertThat(described.parts()).isEqualTo(manifest.parts());
        assertThat(described.takenAt()).isEqualTo(manifest.takenAt());
    }

    @Test
    void whatTheMachineWasStaysWhateverIsSaidOfItsImage() {
        Manifest image = Stores.image(Stores.put(repository, Stores.noise(100_000, 3)));
        seal(
                name,
                new Manifest(
                        image.version(),
                        image.kind(),
                        image.instance(),
                        image.takenAt(),
                        image.parent(),
                        image.parts(),
                        image.receipt(),
                        Map.of("name", "old", "note", "gone", "kernel_id", "k", "flavor", "m1.small")));

        commands.handle(new ImageCommand.DescribeBundle(name, Map.of("name", "new")), context);

        assertThat(repository
                        .manifest(repository.reference(name).orElseThrow().manifest())
                        .metadata())
                .containsOnly(Map.entry("name", "new"), Map.entry("kernel_id", "k"), Map.entry("flavor", "m1.small"));
    }

    @Test
    void whatIsSaidOfADroppedBundleIsForgotten() {
        commands.handle(new ImageCommand.DescribeBundle(name, Map.of("name", "new")), context);

        assertThat(repository.reference(name)).isEmpty();
    }

    @Test
    void bundlesAreToldOfByChoice() {
        Content disk = Stores.put(repository, Stores.noise(100_000, 4));
        ManifestId id = repository.seal(name, Stores.image(disk));
        ReferenceName nightly = ReferenceName.of(ImageId.random());
        commands.handle(new ImageCommand.SealBundle(nightly, Stores.image(disk)), context);
        commands.handle(new ImageCommand.DescribeBundle(nightly, Map.of("name", "nightly-7", "project", "p")), context);
        ProjectId assigned = new ProjectId("assigned");

        tell(BundleChoice.of(name), assigned);
        tell(new BundleChoice(List.of(), Optional.of("night*7"), Optional.of("p"), Optional.empty()), assigned);
        tell(new BundleChoice(List.of(), Optional.of("night"), Optional.empty(), Optional.empty()), assigned);

        assertThat(told)
                .extracting(fact -> ((Fact.BundleFound) fact).reference())
                .containsExactly(name, nightly);
        Fact.BundleFound first = (Fact.BundleFound) told.getFirst();
        assertThat(first.id()).isEqualTo(id);
        assertThat(first.assigned()).contains(assigned);
        assertThat(first.fileSize()).isEqualTo(files.file(name).size());
    }

    private void tell(BundleChoice choice, ProjectId assigned) {
        commands.handle(new ImageCommand.TellBundles(choice, Optional.of(assigned)), context);
    }

    @Test
    void aSnapshotHasNoDownloadableFile() {
        ReferenceName snapshot = ReferenceName.of(SnapshotId.random());
        Manifest image = Stores.image(Stores.zeros(ByteCount.ofMib(1)));
        Manifest manifest = new Manifest(
                1,
                ReferenceName.Kind.SNAPSHOT,
                Optional.empty(),
                image.takenAt(),
                Optional.empty(),
                image.parts(),
                Optional.empty(),
                image.metadata());

        assertThat(seal(snapshot, manifest).fileSize()).isEqualTo(ByteCount.ZERO);
    }

    @Test
    void aDroppedBundleIsInvisibleAtOnceAndMayBeDroppedAgain() {
        seal(name, Stores.image(Stores.put(repository, Stores.noise(100_000, 3))));

        commands.handle(new ImageCommand.DropReference(name), context);
        commands.handle(new ImageCommand.DropReference(name), context);

        assertThat(repository.reference(name)).isEmpty();
        assertFails(ErrorCode.IMAGE_NOT_FOUND, () -> files.file(name));
    }

    @Test
    void checksumsAreThoseOfTheDownload() throws Exception {
        CommandResult.Sealed sealed = seal(name, Stores.image(Stores.put(repository, Stores.noise(3_000_320, 4))));
        byte[] download = new byte[(int) sealed.fileSize().bytes()];
        files.file(name).read(0, ByteBuffer.wrap(download));

        CommandResult digested = commands.handle(new ImageCommand.DigestImage(name), context);

        assertThat(digested)
                .isEqualTo(new CommandResult.Digested(
                        sealed.fileSize(), hash("MD5", download), hash("SHA-512", download)));
    }

    @Test
    void checksumsEndEarlyWhenTheImageIsDroppedOrTheyAreCancelled() throws IOException {
        seal(name, Stores.image(Stores.put(repository, Stores.noise(70_000_000, 5))));
        context.onProgress = () -> repository.drop(name);

        assertFails(ErrorCode.IMAGE_NOT_FOUND, () -> commands.handle(new ImageCommand.DigestImage(name), context));
        assertFails(ErrorCode.IMAGE_NOT_FOUND, () -> commands.handle(new ImageCommand.DigestImage(name), context));
        seal(name, Stores.image(Stores.put(repository, Stores.noise(70_000_000, 5))));
        context.cancelled = true;
        assertFails(ErrorCode.CANCELLED, () -> commands.handle(new ImageCommand.DigestImage(name), context));
    }

    @Test
    void nothingWaitsForChecksums() {
        assertThat(new ImageCommand.DigestImage(name).key())
                .isEqualTo(new ImageCommand.DigestImage(ReferenceName.of(ImageId.random())).key())
                .isNotEqualTo(new ImageCommand.DropReference(name).key());
    }

    private CommandResult.Sealed seal(ReferenceName reference, Manifest manifest) {
        return (CommandResult.Sealed) commands.handle(new ImageCommand.SealBundle(reference, manifest), context);
    }

    private static String hash(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static final class Context implements CommandContext {
        private final List<Phase> phases = new ArrayList<>();
        private Runnable onProgress = () -> {};
        private boolean cancelled;

        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {
            phases.add(phase);
            if (phase == Phase.SETTLING) {
                onProgress.run();
            }
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
