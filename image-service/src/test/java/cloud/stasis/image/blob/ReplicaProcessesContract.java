package cloud.stasis.image.blob;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.image.Stores;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.testkit.Until;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes on one store. Some are killed, one is stopped and goes on when the others have given it up.
public abstract class ReplicaProcessesContract {
    private static final Duration DEADLINE = Duration.ofSeconds(240);

    @TempDir
    protected Path directory;

    /// As a process opens the store, with what it needs in its environment.
    protected abstract String url();

    protected abstract Map<String, String> environment();

    /// As this test opens it.
    protected abstract BlobStore open();

    /// Whether a process that is stopped now keeps the others from their work: then they can only say so.
    protected abstract boolean isInTheWay() throws IOException;

    private record Running(Process process, Path said) {
        List<String> lines() throws IOException {
            return Files.readString(said, StandardCharsets.UTF_8).lines().toList();
        }

        long sealed() throws IOException {
            return lines().stream().filter(line -> line.startsWith("sealed")).count();
        }
    }

    @Test
    void whatAnyOfThemAcknowledgedIsThere() throws Exception {
        List<Running> all = new ArrayList<>();
        try {
            Running killed = start(all, 1);
            Running stopped = start(all, 2);
            awaitSealed(killed, 5);
            awaitSealed(stopped, 5);
            killed.process.destroyForcibly().waitFor();
            stop(stopped);
            Running third = start(all, 3);
            // As often as it takes until those who are silent were given up and something was collected without them.
            until(third, () -> third.lines().stream().anyMatch(line -> line.startsWith("collected")));
            signal(stopped, "CONT");
            awaitSealed(stopped, stopped.sealed() + 3);
            Files.createFile(directory.resolve("stop"));
            for (Running running : List.of(stopped, third)) {
                assertThat(running.process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(running.process.exitValue())
                        .as("%s", running.lines())
                        .isZero();
            }
        } finally {
            all.forEach(running -> running.process.destroyForcibly());
        }
        check(all);
    }

    private void check(List<Running> all) throws IOException {
        Map<ReferenceName, Integer> expected = new HashMap<>();
        int refused = 0;
        int unbeaten = 0;
        for (Running running : all) {
            for (String line : running.lines()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "sealed" ->
                        expected.put(ReferenceName.of(ImageId.parse(words[1])), Integer.parseInt(words[2]));
                    case "dropping" -> expected.remove(ReferenceName.of(ImageId.parse(words[1])));
                    case "refused" -> refused++;
                    case "unbeaten" -> unbeaten++;
                    default -> assertThat(words[0]).isEqualTo("collected");
                }
            }
        }
        assertThat(expected).hasSizeGreaterThanOrEqualTo(6);
        // Once when it wakes up; and perhaps when the machine let one of them wait for longer than its silence.
        assertThat(refused).as("seals that were refused").isLessThan(10);
        assertThat(unbeaten).as("beats that failed").isLessThan(10);
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(open()),
                Clock.systemUTC(),
                () -> Duration.ZERO,
                Retention.STANDARD,
                Stores.ALONE)) {
            expected.forEach((name, seed) ->
                    assertThat(read(repository, name)).isEqualTo(Stores.noise(ReplicaProcess.BYTES, seed)));
            assertThat(repository.scrubber().scrub(ByteCount.ofGib(1024)).isClean())
                    .isTrue();
        }
    }

    private Running start(List<Running> all, int seed) throws IOException {
        Path said = directory.resolve("said" + seed);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ReplicaProcess.class.getName(),
                        url(),
                        directory.resolve("stop").toString(),
                        Integer.toString(seed))
                .redirectOutput(said.toFile())
                .redirectError(directory.resolve("errors" + seed).toFile());
        builder.environment().putAll(environment());
        Running running = new Running(builder.start(), said);
        all.add(running);
        return running;
    }

    private void stop(Running running) throws Exception {
        while (true) {
            signal(running, "STOP");
            until(running, () -> isStopped(running));
            if (!isInTheWay()) {
                return;
            }
            signal(running, "CONT");
            assertThat(running.process.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    /// All of its threads: the kernel stops one after the other.
    private static boolean isStopped(Running running) throws IOException {
        for (Path thread : children(Path.of("/proc", Long.toString(running.process.pid()), "task"))) {
            String status = Files.readString(thread.resolve("stat"));
            if (status.charAt(status.lastIndexOf(')') + 2) != 'T') {
                return false;
            }
        }
        return true;
    }

    private static void signal(Running running, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(running.process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitSealed(Running running, long count) throws Exception {
        until(running, () -> running.sealed() >= count);
    }

    private void until(Running running, Callable<Boolean> state) throws Exception {
        Until.reachedBy(running.process, DEADLINE, state, this::errors);
    }

    private List<String> errors() throws IOException {
        List<String> errors = new ArrayList<>();
        for (Path file : children(directory)) {
            if (file.getFileName().toString().startsWith("errors")) {
                Files.readString(file)
                        .lines()
                        .filter(line -> !line.contains("INFO"))
                        .forEach(errors::add);
            }
        }
        return errors;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    private static byte[] read(Repository repository, ReferenceName name) {
        Content content = repository
                .manifest(repository.reference(name).orElseThrow().manifest())
                .parts()
                .getFirst()
                .content();
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
