package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kill -9 of each service in the middle of a capture. After the restart the job ends, completed or failed with
/// a reason; the guest runs and is not frozen; nothing is left behind.
class CrashIT {
    private static final Duration END = Duration.ofMinutes(3);
    private static final String SERVER = "crash-server";

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static String server;

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        server = servers.boot(SERVER, "demo");
    }

    @AfterAll
    static void remove() {
        servers.delete(SERVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-gateway", "compute-service", "image-service", "volume-service", "kafka", "mariadb"})
    void createImageEndsWhateverDies(String victim) {
        write(48);
        String image = "crash-" + victim;
        cloud.nova("image-create", SERVER, image).succeeded();

        cloud.kill(victim);
        cloud.up();

        JsonNode settled = servers.status(SERVER, "ACTIVE");
        assertThat(settled.required("id").asText()).isEqualTo(server);
        assertCleanAfterwards();
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
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-gateway", "compute-service", "image-service"})
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
                newest -> List.of("succeeded", "failed")
                        .contains(newest.path("status").asText()));
        if (job.path("status").asText().equals("failed")) {
            assertThat(job.path("error").path("message").asText()).isNotEmpty();
        } else {
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
        assertThat(cloud.host("virsh", "checkpoint-list", "--name", domain)
                        .succeeded()
                        .out()
                        .lines()
                        .filter(line -> !line.isBlank()))
                .as("at most the one known point")
                .hasSizeLessThanOrEqualTo(1);
        assertThat(cloud.host("sh", "-c", "ls " + cloud.home() + "/compute/*/*.sock 2>/dev/null || true")
                        .out())
                .as("no socket is left")
                .isBlank();
    }
}
