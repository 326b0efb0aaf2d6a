import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.Copies;
import cloud.stasis.image.sync.Peers;
import cloud.stasis.image.sync.SiteKey;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A site that pushes to another one: the store of this one is opened here, that of the other by an image service.
/// Takes orders from its standard input, one a line, and answers each with a line of JSON: what it took, in this
/// process and the image service together.
///
/// ```
/// StorePush DIRECTORY URL PID KEY      of our store; of the image service, which is the peer "there" with that key
///   keep FILE EXTENTS                  the next state of a disk into our store; where it changed, or "-" at first
///   push                               what was kept last
/// ```
final class StorePush {
    private final Repository repository;
    private final Peers peers;
    private final long service;
    private Content content = new Content(IndexId.ZERO, ByteCount.ZERO);
    private Optional<ManifestId> parent = Optional.empty();
    private ReferenceName last = ReferenceName.of(ImageId.random());

    private StorePush(Path directory, URI there, long service, String key) throws Exception {
        this.service = service;
        repository = Repository.open(new VerifyingBlobStore(LocalBlobStore.open(directory)), Clock.systemUTC());
        SiteKey own = SiteKey.in(directory.resolve("service/site.key"));
        Path file = directory.resolve("service/peers.properties");
        Files.writeString(file, "there.url=" + there + "\nthere.key=" + key + "\nthere.rights=pull,push\n");
        peers = new Peers(own, file, Clock.systemUTC());
        System.out.println("{\"key\":\"" + own.text() + "\"}");
    }

    public static void main(String[] arguments) throws Exception {
        StorePush site = new StorePush(
                Path.of(arguments[0]), URI.create(arguments[1]), Long.parseLong(arguments[2]), arguments[3]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            System.out.println(Cost.of(site.service, () -> site.carryOut(words)));
        }
    }

    private String carryOut(String[] order) throws Exception {
        return switch (order[0]) {
            case "keep" -> keep(Path.of(order[1]), order[2]);
            case "push" -> push();
            default -> throw new IllegalArgumentException(order[0]);
        };
    }

    private String keep(Path file, String extents) throws Exception {
        try (FileSource source = FileSource.of(file)) {
            content = new ChunkedContentStore(repository.ownExchange(), TransferThreads.forThisMachine())
                    .upload(source, content, Extents.in(extents, source.size()), TransferListener.NONE)
                    .content();
        }
        last = ReferenceName.of(ImageId.random());
        parent = Optional.of(repository.seal(
                last,
                new Manifest(
                        Manifest.CURRENT_VERSION,
                        ReferenceName.Kind.IMAGE,
                        Optional.empty(),
                        Instant.parse("2026-11-22T10:00:00Z"),
                        parent,
                        List.of(new Part.Disk(new DeviceName("vda"), content)),
                        Optional.empty(),
                        Map.of())));
        return "";
    }

    private String push() {
        CommandResult.Copied copied = new Copies(repository, peers, (_, _, _) -> {})
                .run(
                        new ImageCommand.CopyBundles(
                                ImageCommand.CopyDirection.PUSH,
                                "there",
                                BundleChoice.of(last),
                                ByteCount.ZERO,
                                Optional.empty()),
                        new Unwatched());
        return ",\"bundles\":%d,\"blobs\":%d".formatted(copied.bundles(), copied.blobs());
    }

    private static final class Unwatched implements CommandContext {
        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
