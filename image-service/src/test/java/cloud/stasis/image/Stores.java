package cloud.stasis.image;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.repository.Pace;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.Uptime;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Stores and bundles for tests.
public final class Stores {
    private static final TransferThreads THREADS = TransferThreads.forThisMachine();

    /// Whoever else left a note is dead.
    public static final Pace ALONE = new Pace(Duration.ofSeconds(1), Duration.ZERO);

    private Stores() {}

    public static Repository open(Path directory) {
        return Repository.open(new VerifyingBlobStore(LocalBlobStore.open(directory)), Clock.systemUTC());
    }

    public static Repository open(Path directory, Uptime uptime, Retention retention) {
        return Repository.open(
                new VerifyingBlobStore(LocalBlobStore.open(directory)), Clock.systemUTC(), uptime, retention, ALONE);
    }

    /// Stands around each call of a store.
    @FunctionalInterface
    public interface Around {
        Object call(String name, Callable<Object> work) throws Exception;
    }

    /// A store of which somebody hears the name of each call before it is made.
    public static BlobStore watched(BlobStore store, Consumer<String> watcher) {
        return around(store, (name, work) -> {
            watcher.accept(name);
            return work.call();
        });
    }

    /// A store between whose callers and which somebody stands.
    public static BlobStore around(BlobStore store, Around around) {
        return (BlobStore) Proxy.newProxyInstance(
                Stores.class.getClassLoader(),
                new Class<?>[] {BlobStore.class},
                (_, method, arguments) -> around.call(method.getName(), () -> {
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw (Exception) e.getCause();
                    }
                }));
    }

    /// What all packs of a store take.
    public static long packBytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("packs"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /// What is being written, or was when somebody died.
    public static List<Path> halfWritten(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("temporary"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("alive"))
                    .toList();
        }
    }

    public static Content put(Repository repository, byte[] bytes) {
        return put(repository.ownExchange(), bytes, THREADS);
    }

    /// By threads of its own, for who does not know whether they come back.
    public static Content put(Repository repository, byte[] bytes, TransferThreads threads) {
        return put(repository.ownExchange(), bytes, threads);
    }

    /// By a writer with a lease.
    public static Content put(Repository repository, String holder, byte[] bytes) {
        return put(repository.exchangeFor(holder), bytes, THREADS);
    }

    private static Content put(BlobExchange exchange, byte[] bytes, TransferThreads threads) {
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            for (int at = 0; at < bytes.length; at += 16 * TreeShape.LEAF_BYTES) {
                byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16 * TreeShape.LEAF_BYTES));
                writer.append(piece, piece.length, () -> {});
            }
            return writer.finish();
        }
    }

    /// A captured image.
    public static Manifest image(Content disk) {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                Instant.parse("2026-11-22T10:00:00Z"),
                Optional.empty(),
                List.of(new Part.Disk(new DeviceName("vda"), disk)),
                Optional.empty(),
                Map.of());
    }

    public static Content zeros(ByteCount size) {
        return new Content(IndexId.ZERO, size);
    }

    public static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
