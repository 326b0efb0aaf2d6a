package cloud.stasis.image.tool;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.HttpPeer;
import cloud.stasis.image.blob.ReadOnlyBlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.url.StoreUrl;
import cloud.stasis.image.repository.CollectionPlan;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.image.sync.BundleNames;
import cloud.stasis.image.sync.Pull;
import cloud.stasis.image.sync.Pulled;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `stasis store ...`: works on a store in a directory or in a bucket, or on a bare copy of one, with no service
/// and no database. All but `pull` only look.
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description = {
            "Works on a store, with no service and no database.",
            "STORE is a directory, file:/directory, or s3://bucket/prefix with STASIS_S3_ENDPOINT, STASIS_S3_REGION,",
            "STASIS_S3_ACCESS_KEY and STASIS_S3_SECRET_KEY."
        },
        subcommands = CommandLine.HelpCommand.class)
public final class StoreTool {
    /// The store is damaged, or what was asked for is not there.
    static final int FAILED = 1;

    /// As fast as the disk gives it.
    private static final ByteCount UNLIMITED = ByteCount.ofGib(1024);

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        // Before the first logger: the findings are printed, the log of the library is for services.
        System.setProperty("org.jboss.logging.provider", "jdk");
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new StoreTool());
        line.setExecutionExceptionHandler((failure, command, _) -> {
            if (failure instanceof StasisException known) {
                command.getErr().println("store: " + known.getMessage() + " (" + known.code() + ")");
                return FAILED;
            }
            throw failure;
        });
        return line;
    }

    @Command(name = "inspect", description = "What there is, in numbers.", mixinStandardHelpOptions = true)
    int inspect(@Parameters(paramLabel = "STORE") String store) {
        try (Repository repository = look(store)) {
            CollectionPlan plan = plan(repository);
            List<Bundle> bundles = Bundle.all(repository);
            print("""
                    bundles:                 %d, of which %d damaged
                    bytes in all bundles:    %d
                    bytes stored in packs:   %d
                    bytes that nothing names: %d
                    blobs:                   %d
                    """.formatted(
                            bundles.size(),
                            bundles.stream()
                                    .filter(bundle -> bundle.manifest().isEmpty())
                                    .count(),
                            bundles.stream().mapToLong(Bundle::bytes).sum(),
                            plan.stored().bytes(),
                            plan.freed().bytes(),
                            repository.blobs()));
            return 0;
        }
    }

    @Command(name = "list", description = "All bundles with what they hold.", mixinStandardHelpOptions = true)
    int list(
            @Parameters(paramLabel = "STORE") String store,
            @Option(names = "--metadata", description = "Also what the manifest says beside its parts.")
                    boolean metadata) {
        try (Repository repository = look(store)) {
            Bundle.all(repository).forEach(bundle -> print(bundle.describe(metadata)));
            return 0;
        }
    }

    @Command(
            name = "verify",
            description = "Reads everything. Exits with 1 if anything is damaged, and says what and whom it affects.",
            mixinStandardHelpOptions = true)
    int verify(@Parameters(paramLabel = "STORE") String store) {
        try (Repository repository = look(store)) {
            ScrubReport report = repository.scrubber().verify(UNLIMITED);
            print(report.describe());
            return report.isClean() ? 0 : FAILED;
        }
    }

    @Command(
            name = "plan",
            description = "What a collection would free if nobody used the store.",
            mixinStandardHelpOptions = true)
    int plan(@Parameters(paramLabel = "STORE") String store) {
        try (Repository repository = look(store)) {
            print(plan(repository).describe());
            return 0;
        }
    }

    @Command(
            name = "restore",
            description = "Writes every part of a bundle to a file, verified: disks as sparse raw files.",
            mixinStandardHelpOptions = true)
    int restore(
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "BUNDLE", description = "image/<id>, snapshot/<id>, the id alone, or its name")
                    String bundle,
            @Option(names = "--to", required = true, paramLabel = "DIRECTORY", description = "is made if it is absent")
                    Path to) {
        try (Repository repository = look(store)) {
            Restore.of(repository, bundle, to).forEach(file -> print(file + "\n"));
            return 0;
        }
    }

    @Command(
            name = "pull",
            description = {
                "Brings a bundle of another site into a store, or into a new one.",
                "Only what is missing travels, and everything is verified. Repeat it if it was cut off."
            },
            mixinStandardHelpOptions = true)
    int pull(
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "BUNDLE", description = "image/<id> or snapshot/<id>") String bundle,
            @Option(names = "--from", required = true, paramLabel = "URL", description = "the peer's image service")
                    URI peer,
            @Option(
                            names = "--token",
                            required = true,
                            defaultValue = "${env:STASIS_PEER_TOKEN}",
                            description = "what `store token` printed at the peer; better in STASIS_PEER_TOKEN")
                    String token,
            @Option(names = "--manifest", description = "what the bundle must be; without it the peer is believed")
                    Optional<String> manifest) {
        try (Repository repository =
                Repository.open(new VerifyingBlobStore(url(store).open()), Clock.systemUTC())) {
            Pulled pulled = Pull.run(
                    repository, new HttpPeer(peer, token), BundleNames.parse(bundle), manifest.map(ManifestId::parse));
            print("%s: %d blobs, %d bytes in %d ms%n"
                    .formatted(
                            bundle,
                            pulled.blobs(),
                            pulled.received().bytes(),
                            pulled.took().toMillis()));
            return 0;
        }
    }

    @Command(
            name = "token",
            description = "Prints a capability for another site to read this one's store, for a day.",
            mixinStandardHelpOptions = true)
    int token(
            @Parameters(paramLabel = "SITE", description = "whom it is for") String site,
            @Option(
                            names = "--key",
                            required = true,
                            defaultValue = "${env:STASIS_CAPABILITY_KEY}",
                            description = "the capability key of this site; better in STASIS_CAPABILITY_KEY")
                    String key) {
        print(Capability.Key.parse(key, Clock.systemUTC())
                        .grant(Set.of(Capability.Right.STORE_READ), "site/" + site, Capability.MAX_LIFE)
                + "\n");
        return 0;
    }

    /// Opened by time that passes at once, so that everything counts as unused.
    private static Repository look(String store) {
        AtomicLong millis = new AtomicLong();
        Repository repository = Repository.look(
                new VerifyingBlobStore(new ReadOnlyBlobStore(url(store).look())),
                Clock.systemUTC(),
                () -> Duration.ofMillis(millis.get()),
                Retention.STANDARD);
        millis.set(2 * Retention.STANDARD.unnamed().toMillis());
        return repository;
    }

    private static StoreUrl url(String store) {
        return StoreUrl.parse(store, StoreUrl.BucketAccess.fromEnvironment());
    }

    private static CollectionPlan plan(Repository repository) {
        return repository.collector().plan();
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
