package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server of a whole cloud through a random life, beside a model that knows what its memory and its disks must hold,
/// which devices it has and how its snapshots descend. Now and then a service dies in the middle of a job. After each
/// step guest, tree, libvirt, files and database agree. A life that went wrong is told with its seed; it, or a longer
/// one, is lived by `./dev soak STEPS SEED cloud`.
class RandomServerLifeIT {
    private static final int STEPS = Integer.parseInt(System.getenv().getOrDefault("STASIS_SOAK_STEPS", "6"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("STASIS_SOAK_SEED", "1"));

    private static final Duration JOB = Duration.ofMinutes(5);
    private static final String SERVER = "life-server";
    private static final String VOLUME = "life-volume";
    private static final String CLONE = "life-clone";
    private static final List<String> MORTALS =
            List.of("api-gateway", "compute-service", "image-service", "volume-service");

    /// Each has memory perhaps, for which the file system of memory files has room.
    private static final int MOST_SNAPSHOTS = 5;

    /// A number that the guest has not written.
    private static final int NOTHING = 0;

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static String server;
    private static String volume;
    /// What the doctor has to say of other tests' hosts and servers.
    private static Set<String> saidBefore;

    private final Random random = new Random(SEED);
    private final List<String> history = new ArrayList<>();
    /// The oldest first.
    private final Map<String, Then> snapshots = new LinkedHashMap<>();
    private Optional<String> position = Optional.empty();
    private int written = NOTHING;
    /// What the volume holds while it is nobody's.
    private int away = NOTHING;

    private Holds now = new Holds(NOTHING, NOTHING, OptionalInt.empty());

    /// @param volume what the volume that comes and goes holds, while it is there
    private record Holds(int inMemory, int onDisks, OptionalInt volume) {
        Holds afterBoot() {
            return new Holds(NOTHING, onDisks, volume);
        }
    }

    /// What a snapshot must bring back, and the one that it descends from.
    private record Then(boolean hasMemory, Optional<String> parent, Holds holds) {
        Holds brought(boolean withMemory) {
            return withMemory ? holds : holds.afterBoot();
        }

        Then under(Optional<String> other) {
            return new Then(hasMemory, other, holds);
        }
    }

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        server = servers.boot(SERVER, "demo");
        volume = cloud.openstackJson("volume", "create", "--size", "1", VOLUME)
                .required("id")
                .asText();
        saidBefore = saidByDoctor();
    }

    @AfterAll
    static void remove() {
        servers.delete(SERVER);
        cloud.openstack("volume", "delete", VOLUME);
        for (JsonNode left : cloud.snapshots("snapshots?server=" + server).path("snapshots")) {
            cloud.stasis("snapshot-delete", "--wait", left.path("id").asText());
        }
    }

    /// As long as whoever asks for many steps waits.
    @Test
    @Timeout(value = 7, unit = TimeUnit.DAYS)
    void whateverWasDoneEachSnapshotBringsBackWhatWas() {
        for (int step = 0; step < STEPS; step++) {
            try {
                step(step);
                check();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + SEED + ", step " + step + " after " + history, e);
            }
        }
        power("stop", "SHUTOFF");
        assertLayersAreSound();
    }

    /// The first ones so that there is something to go back to.
    private void step(int number) {
        switch (number < 2 ? number : random.nextInt(13)) {
            case 0, 2 -> write();
            case 1, 3 -> snapshot(true);
            case 4 -> snapshot(false);
            case 5, 6, 7 -> revert();
            case 8 -> copy();
            case 9 -> delete();
            case 10 -> exchangeVolume();
            case 11 -> stopAndStart();
            case 12 -> suspendAndResume();
            default -> throw new IllegalStateException();
        }
    }

    private void write() {
        history.add("write");
        written++;
        boolean hasVolume = now.volume().isPresent();
        inGuest(
                server,
                "for file in /run/which /root/which /data/which" + (hasVolume ? " /dev/vdc" : "") + "; do echo "
                        + written + " > $file; done; sync");
        now = new Holds(written, written, hasVolume ? OptionalInt.of(written) : OptionalInt.empty());
    }

    private void snapshot(boolean memory) {
        if (snapshots.size() >= MOST_SNAPSHOTS) {
            delete();
            return;
        }
        history.add("snapshot" + (memory ? " with memory" : ""));
        JsonNode job = lived(() -> cloud.snapshots(
                "snapshots", "{\"server\": \"%s\", \"name\": \"life\", \"memory\": %s}".formatted(server, memory)));
        if (hasSucceeded(job)) {
            String id = job.required("snapshot").asText();
            snapshots.put(id, new Then(memory, position, now));
            position = Optional.of(id);
        }
    }

    private void revert() {
        if (snapshots.isEmpty()) {
            return;
        }
        String to = any();
        Then then = snapshots.get(to);
        boolean memory = then.hasMemory() && random.nextInt(4) > 0;
        boolean paused = memory && random.nextBoolean();
        boolean safety = snapshots.size() < MOST_SNAPSHOTS && random.nextBoolean();
        history.add(
                "revert" + (memory ? " with memory" : "") + (paused ? ", paused" : "") + (safety ? ", safely" : ""));
        Holds before = now;
        JsonNode job = lived(() -> cloud.snapshots(
                "snapshots/" + to + "/revert",
                "{\"memory\": %s, \"state\": \"%s\", \"safety\": %s}"
                        .formatted(memory, paused ? "paused" : "running", safety)));
        safetyOf(before);
        if (hasSucceeded(job)) {
            position = Optional.of(to);
            now = then.brought(memory);
            if (now.volume().isEmpty()) {
                away = before.volume().orElse(away);
            }
            if (paused) {
                cloud.openstack("server", "unpause", SERVER).succeeded();
            }
        }
    }

    /// A revert that was cut off has perhaps kept what was given up, and perhaps not.
    private void safetyOf(Holds before) {
        nodes().filter(node -> !snapshots.containsKey(node.required("id").asText()))
                .forEach(node -> {
                    assertThat(node.required("safety").asBoolean())
                            .as("%s", node)
                            .isTrue();
                    snapshots.put(
                            node.required("id").asText(),
                            new Then(node.required("memory").asBoolean(), position, before));
                });
    }

    /// Another server that goes on from there, looked at and deleted.
    private void copy() {
        if (snapshots.isEmpty()) {
            return;
        }
        String of = any();
        Then then = snapshots.get(of);
        history.add("clone");
        JsonNode job = lived(() -> cloud.snapshots(
                "snapshots/" + of + "/clone", "{\"name\": \"%s\", \"memory\": %s}".formatted(CLONE, then.hasMemory())));
        if (hasSucceeded(job)) {
            String clone = servers.status(CLONE, "ACTIVE").required("id").asText();
            assertHolds(clone, then.brought(then.hasMemory()));
            servers.delete(CLONE);
        }
    }

    /// Whichever it is, the first one or one in between. What came after it continues from what it continued from.
    private void delete() {
        if (snapshots.isEmpty()) {
            return;
        }
        history.add("delete");
        String id = any();
        if (hasSucceeded(lived(() -> cloud.deleteSnapshot(id)))) {
            Optional<String> parent = snapshots.remove(id).parent();
            snapshots.replaceAll((other, then) -> then.parent().equals(Optional.of(id)) ? then.under(parent) : then);
            position = position.equals(Optional.of(id)) ? parent : position;
        }
    }

    private void exchangeVolume() {
        if (now.volume().isPresent()) {
            history.add("detach");
            dyingPerhaps(() -> cloud.openstack("server", "remove", "volume", SERVER, VOLUME)
                    .succeeded());
            volumeBecomes("available");
            away = now.volume().getAsInt();
            now = new Holds(now.inMemory(), now.onDisks(), OptionalInt.empty());
        } else {
            history.add("attach");
            dyingPerhaps(() ->
                    cloud.openstack("server", "add", "volume", SERVER, VOLUME).succeeded());
            volumeBecomes("in-use");
            now = new Holds(now.inMemory(), now.onDisks(), OptionalInt.of(away));
        }
    }

    private static void volumeBecomes(String status) {
        Await.until(
                VOLUME + " is " + status,
                JOB,
                () -> cloud.blockStorage("volumes/" + volume).at("/volume/status"),
                seen -> seen.asText().equals(status));
    }

    /// While it is off, every layer may be looked into.
    private void stopAndStart() {
        power("stop", "SHUTOFF");
        assertLayersAreSound();
        now = now.afterBoot();
        if (random.nextBoolean()) {
            snapshot(false);
        }
        assertNothingIsAstray();
        power("start", "ACTIVE");
    }

    /// While it is off, too; and it goes on mid-instruction.
    private void suspendAndResume() {
        power("suspend", "SUSPENDED");
        assertLayersAreSound();
        if (random.nextBoolean()) {
            snapshot(true);
        }
        assertNothingIsAstray();
        power("resume", "ACTIVE");
    }

    private void power(String verb, String status) {
        history.add(verb);
        dyingPerhaps(() -> cloud.openstack("server", verb, SERVER).succeeded());
        servers.status(SERVER, status);
    }

    /// Begins a job and waits for its end, whichever that is; it may only fail if somebody died.
    private JsonNode lived(Supplier<JsonNode> begin) {
        JsonNode[] begun = new JsonNode[1];
        boolean isDeath = dyingPerhaps(() -> begun[0] = begin.get());
        JsonNode ended = Await.until(
                "the end of " + begun[0],
                JOB,
                () -> cloud.snapshots("jobs/" + begun[0].at("/job/id").asText()).required("job"),
                job -> !job.required("finished_at").isNull());
        assertThat(hasSucceeded(ended) || isDeath).as("%s", ended).isTrue();
        if (!hasSucceeded(ended)) {
            history.add("failed: " + ended.at("/error/code").asText());
        }
        return ended;
    }

    private static boolean hasSucceeded(JsonNode job) {
        return job.required("status").asText().equals("succeeded");
    }

    /// Now and then a service dies right after the gateway has taken a request, and comes back.
    private boolean dyingPerhaps(Runnable request) {
        boolean isDeath = random.nextInt(3) == 0;
        String victim = MORTALS.get(random.nextInt(MORTALS.size()));
        request.run();
        if (isDeath) {
            history.add("death of " + victim);
            cloud.kill(victim);
            cloud.up();
        }
        return isDeath;
    }

    private String any() {
        return List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()));
    }

    private void check() {
        servers.status(SERVER, "ACTIVE");
        assertHolds(server, now);
        assertNothingIsAstray();
    }

    private static void assertHolds(String machine, Holds holds) {
        servers.awaitAgent(machine);
        Await.until(
                "the guest has its devices and its probe runs",
                JOB,
                () -> inGuest(machine, "ls /dev | grep -c vdc; cat /run/probe.state 2>/dev/null; true"),
                seen -> seen.startsWith(holds.volume().isPresent() ? "1" : "0") && seen.contains("counter="));
        String device = holds.volume().isPresent() ? "/dev/vdc" : "/dev/zero";
        assertThat(inGuest(
                                machine,
                                "for file in /run/which /root/which /data/which " + device
                                        + "; do head -c 16 $file 2>/dev/null | tr -d '\\000' | head -n 1 | grep . || echo 0;"
                                        + " done")
                        .lines())
                .as("in memory, on its disks, on the volume")
                .containsExactly(
                        Integer.toString(holds.inMemory()),
                        Integer.toString(holds.onDisks()),
                        Integer.toString(holds.onDisks()),
                        Integer.toString(holds.volume().orElse(NOTHING)));
        assertThat(servers.probe(machine)).containsEntry("memory_failures", "0");
        servers.awaitRunningOn(machine);
    }

    private static String inGuest(String machine, String command) {
        return servers.guest(machine, "/bin/sh", "-c", command);
    }

    /// The tree is as the model has it, and the doctor has nothing to say of tables, libvirt and files.
    private void assertNothingIsAstray() {
        JsonNode tree = tree();
        assertThat(textOf(tree.required("current"))).as("%s", tree).isEqualTo(position);
        assertThat(nodes().collect(Collectors.toMap(
                        node -> node.required("id").asText(), node -> textOf(node.required("parent")))))
                .as("parents")
                .isEqualTo(snapshots.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().parent())));
        assertThat(nodes().map(node -> node.required("status").asText())).allMatch("available"::equals);
        Await.until("no job goes on", JOB, () -> cloud.snapshots("jobs?limit=5"), jobs -> StreamSupport.stream(
                        jobs.path("jobs").spliterator(), false)
                .noneMatch(job -> job.required("finished_at").isNull()));
        assertThat(saidByDoctor()).isSubsetOf(saidBefore);
    }

    /// Nothing if all is well.
    private static Set<String> saidByDoctor() {
        Shell.Result doctor = cloud.stasis("doctor");
        if (doctor.exit() == 0) {
            return Set.of();
        }
        return (doctor.out() + doctor.err())
                .lines()
                .map(line -> line.replaceAll("[-+|\\s]+", " "))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static JsonNode tree() {
        return cloud.snapshots("servers/" + server + "/tree").required("tree");
    }

    private static Stream<JsonNode> nodes() {
        return StreamSupport.stream(tree().required("nodes").spliterator(), false);
    }

    private static Optional<String> textOf(JsonNode node) {
        return node.isNull() ? Optional.empty() : Optional.of(node.asText());
    }

    /// All that the server stands on, while it is off.
    private static void assertLayersAreSound() {
        String check = """
                find %1$s/compute/instances/%2$s %1$s/volumes -name '*.qcow2' \\
                    -exec sh -c 'qemu-img check -q "$0" >&2 || echo "$0"' {} \\;
                """.formatted(cloud.home(), server);
        Shell.Result result = cloud.host("sh", "-c", check).succeeded();
        assertThat(result.out()).as(result.err()).isEmpty();
    }
}
