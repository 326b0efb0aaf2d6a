package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kill -9 of each service in the middle of one capture or the other; that of the agent, who has most to lose, in both.
/// After the restart the job ends, completed or failed with a reason; the guest runs and is not frozen; nothing is left
/// behind.
class CrashIT {
    private static final Duration END = Duration.ofMinutes(5);
    private static final String SERVER = "crash-server";
    /// Root and data. An image takes the root disk alone, so that their known points may differ.
    private static final int DISKS = 2;
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static String server;

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        // What a run that failed left would be counted as left by this one.
        stream(cloud.stasis("image-list", "--json").json())
                .filter(image -> ours(image.path("name").asText()))
                .forEach(image -> cloud.openstack(
                                "image", "delete", image.path("id").asText())
                        .succeeded());
        server = servers.boot(SERVER, "demo");
    }

    @AfterAll
    static void remove() {
        servers.delete(SERVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compute-service", "image-service", "volume-service", "kafka"})
    void createImageEndsWhateverDies(String victim) {
        write(48);
        String image = "crash-" + victim;
        cloud.nova("image-create", SERVER, image).succeeded();

        cloud.kill(victim);
        cloud.up();

        JsonNode settled = servers.status(SERVER, "ACTIVE");
        assertThat(settled.required("id").asText()).isEqualTo(server);
        if (servers.imageExists(image)) {
            Await.until(
                    image + " is active",
                    END,
                    () -> cloud.openstackJson("image", "show", image)
                            .required("status")
                            .asText(),
                    "active"::equals);
            cloud.openstack("image", "delete", image).succeeded();
        }
        assertCleanAfterwards();
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-gateway", "compute-service", "mariadb"})
    void memorySnapshotEndsWhateverDies(String victim) {
        write(16);
        String name = "crash-memory-" + victim;
        cloud.stasis("snapshot-create", "--memory", "--no-wait", SERVER, name).succeeded();

        cloud.kill(victim);
        cloud.up();

        JsonNode job = Await.until(
                "the job of " + name + " ends",
                END,
                () -> cloud.stasis("job-list", "--json").json().path(0),
                newest -> ENDED.contains(newest.path("status").asText()));
        if (job.path("status").asText().equals("failed")) {
            assertThat(job.path("error").path("message").asText()).isNotEmpty();
        }
        if (listed("snapshot-list").anyMatch(name::equals)) {
            cloud.stasis("snapshot-delete", "--wait", name).succeeded();
        }
        servers.status(SERVER, "ACTIVE");
        assertCleanAfterwards();
    }

    /// So that the capture has something to move when it is hit.
    private static void write(int mebibytes) {
        servers.guest(
                server, "/bin/sh", "-c", "dd if=/dev/urandom of=/data/fill bs=1M count=" + mebibytes + " && sync");
    }

    private static void assertCleanAfterwards() {
        servers.awaitRunningOn(server);
        String domain = DemoServers.domain(server);
        assertThat(cloud.host("virsh", "domjobinfo", domain).succeeded().out())
                .as("no backup job is left")
                .contains("None");
        Await.until(
                "no checkpoint but the known point of each disk",
                END,
                () -> cloud.host("virsh", "checkpoint-list", "--name", domain)
                        .succeeded()
                        .out()
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList(),
                checkpoints -> checkpoints.size() <= DISKS);
        assertThat(filesOf("*.sock", "*.partial", "*.tmp"))
                .as("half-made files and sockets")
                .isEmpty();
        String chain = cloud.host("virsh", "dumpxml", domain).succeeded().out();
        assertThat(filesOf("*.qcow2")).as("layers on which the guest stands").allMatch(chain::contains);
        assertThat(listed("image-list")).as("images").noneMatch(CrashIT::ours);
        assertThat(listed("snapshot-list")).as("snapshots").noneMatch(CrashIT::ours);
        Await.until(
                "every job has ended",
                END,
                () -> cloud.stasis("job-list", "--json").json(),
                jobs -> stream(jobs)
                        .allMatch(job -> ENDED.contains(job.path("status").asText())));
    }

    private static boolean ours(String name) {
        return name.startsWith("crash-");
    }

    private static Stream<String> listed(String verb) {
        return stream(cloud.stasis(verb, "--json").json())
                .map(row -> row.path("name").asText());
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /// What the agent and the volume service keep under such names, outside the cache of bases.
    private static List<String> filesOf(String... patterns) {
        String named = String.join(
                " -o ",
                Stream.of(patterns).map(pattern -> "-name '" + pattern + "'").toList());
        String look = "find %1$s/compute/instances %1$s/volumes %1$s/compute/run \\( %2$s \\) -not -type d"
                .formatted(cloud.home(), named);
        return cloud.host("sh", "-c", look).succeeded().out().lines().toList();
    }
}
