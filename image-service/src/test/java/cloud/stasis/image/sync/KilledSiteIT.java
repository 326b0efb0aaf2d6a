package cloud.stasis.image.sync;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.Until;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two sites in two processes, one of which is killed in the middle of a copy and started again.
class KilledSiteIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final int LEAVES = 512;

    /// Of the first attempt, so that there is time to kill it: whole, it would take eight seconds.
    private static final ByteCount SLOW = ByteCount.ofMib(4);

    /// Some packs are full by then, and much is left.
    private static final long KILLED_AT = ByteCount.ofMib(12).bytes();

    private static final byte[] BYTES = Stores.noise(LEAVES * LEAF, 9);

    @TempDir
    Path directory;

    private Optional<StoreServer> here = Optional.empty();
    private Optional<Process> there = Optional.empty();
    private int starts;

    @AfterEach
    void end() {
        there.ifPresent(Process::destroyForcibly);
        here.ifPresent(StoreServer::close);
    }

    /// The site that copies dies, and goes on when it is there again, as the command in its journal has it do.
    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void whoCopiesIsKilledAndGoesOn(CopyDirection direction) throws Exception {
        boolean pulls = direction == CopyDirection.PULL;
        ReferenceName name = ReferenceName.of(ImageId.random());
        int port = freePort();
        StoreServer mine = prepare(port, pulls, name);
        start(port, direction.name(), "here", name.toString(), Long.toString(SLOW.bytes()));
        until(() -> said("done")
                .map(Long::parseLong)
                .filter(done -> done > KILLED_AT)
                .isPresent());

        kill();
        if (!pulls) {
            assertThat(mine.repository.reference(name))
                    .as("nothing half is visible")
                    .isEmpty();
        }
        start(port, direction.name(), "here", name.toString(), "0");
        until(() -> said("copied").isPresent());

        String[] copied = said("copied").orElseThrow().split(" ");
        assertThat(copied[0]).isEqualTo("1");
        assertThat(Integer.parseInt(copied[1])).as("blobs that travelled again").isLessThan(LEAVES - LEAVES / 8);
        kill();
        checkWhole(pulls, name);
    }

    /// The other site dies. The one that copies waits for a while for it; if that was not enough, it is asked again.
    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void whoIsCopiedFromOrToIsKilledAndTheOtherGoesOn(CopyDirection direction) throws Exception {
        boolean pushes = direction == CopyDirection.PUSH;
        ReferenceName name = ReferenceName.of(ImageId.random());
        int port = freePort();
        StoreServer mine = prepare(port, pushes, name);
        start(port);
        AtomicLong done = new AtomicLong();
        CompletableFuture<CommandResult.Copied> first = CompletableFuture.supplyAsync(
                () -> copy(mine, direction, name, SLOW, done),
                task -> Thread.ofPlatform().daemon().start(task));
        until(() -> done.get() > KILLED_AT);

        kill();
        if (pushes) {
            checkNothingHalf(name);
        }
        start(port);
        CommandResult.Copied copied = ended(first, mine, direction, name);

        assertThat(copied.bundles() + copied.present()).isEqualTo(1);
        kill();
        checkWhole(pushes, name);
    }

    /// @param mineHolds whether this process has the bundle, and the other one gets it
    private StoreServer prepare(int port, boolean mineHolds, ReferenceName name) {
        StoreServer mine = new StoreServer(directory.resolve("here"));
        here = Optional.of(mine);
        try (StoreServer other = new StoreServer(directory.resolve("there"))) {
            mine.knows("there", URI.create("http://127.0.0.1:" + port), other.site.text(), "pull,push");
            other.knows("here", mine.uri(), mine.site.text(), "pull,push");
            StoreServer holder = mineHolds ? mine : other;
            holder.repository.seal(name, Stores.image(Stores.put(holder.repository, BYTES)));
        }
        return mine;
    }

    private static CommandResult.Copied copy(
            StoreServer site, CopyDirection direction, ReferenceName name, ByteCount rate, AtomicLong done) {
        return new Copies(site.repository, site.peers, site::found)
                .run(
                        new ImageCommand.CopyBundles(direction, "there", BundleChoice.of(name), rate, Optional.empty()),
                        new Counting(done));
    }

    private static CommandResult.Copied ended(
            CompletableFuture<CommandResult.Copied> first,
            StoreServer mine,
            CopyDirection direction,
            ReferenceName name)
            throws Exception {
        try {
            return first.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(StasisException.class, failure -> assertThat(failure.kind())
                    .isEqualTo(ErrorKind.UNAVAILABLE));
            return copy(mine, direction, name, ByteCount.ZERO, new AtomicLong());
        }
    }

    private void checkNothingHalf(ReferenceName name) {
        try (StoreServer dead = new StoreServer(directory.resolve("there"))) {
            assertThat(dead.repository.reference(name))
                    .as("nothing half is visible")
                    .isEmpty();
            assertThat(dead.repository.blobs())
                    .as("what was acknowledged is there")
                    .isPositive();
            assertThat(dead.repository.scrubber().scrub(ByteCount.ofGib(64)).isClean())
                    .isTrue();
        }
    }

    private void checkWhole(boolean thereIsTarget, ReferenceName name) {
        if (thereIsTarget) {
            try (StoreServer other = new StoreServer(directory.resolve("there"))) {
                checkWhole(other, name);
            }
        } else {
            checkWhole(here.orElseThrow(), name);
        }
    }

    private static void checkWhole(StoreServer target, ReferenceName name) {
        Content content = target.repository
                .manifest(target.repository.reference(name).orElseThrow().manifest())
                .parts()
                .getFirst()
                .content();
        byte[] read = new byte[(int) content.size().bytes()];
        new ContentReader(target.repository.exchange()).read(content, 0, ByteBuffer.wrap(read));
        assertThat(read).isEqualTo(BYTES);
        assertThat(target.repository.scrubber().scrub(ByteCount.ofGib(64)).isClean())
                .isTrue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void start(int port, String... order) throws Exception {
        starts++;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SiteProcess.class.getName(),
                directory.resolve("there").toString(),
                Integer.toString(port)));
        command.addAll(List.of(order));
        there = Optional.of(new ProcessBuilder(command)
                .redirectOutput(output().toFile())
                .redirectError(directory.resolve("errors" + starts).toFile())
                .start());
        until(() -> said("serving").isPresent());
    }

    private void kill() throws InterruptedException {
        there.orElseThrow().destroyForcibly().waitFor();
    }

    private Path output() {
        return directory.resolve("said" + starts);
    }

    /// The last line that begins with this word, without it.
    private Optional<String> said(String word) throws IOException {
        String text = Files.readString(output(), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .reduce((_, last) -> last)
                .map(line -> line.substring(word.length() + 1));
    }

    private void until(Callable<Boolean> state) throws Exception {
        Until.reachedBy(
                there.orElseThrow(), DEADLINE, state, () -> Files.readString(directory.resolve("errors" + starts)));
    }

    private record Counting(AtomicLong done) implements CommandContext {
        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount soFar, ByteCount whole) {
            done.set(soFar.bytes());
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
