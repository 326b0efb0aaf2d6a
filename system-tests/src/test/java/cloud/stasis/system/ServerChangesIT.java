package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What is changed of a running server through the unmodified clients, and captures that do not come to their end.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServerChangesIT {
    private static final Duration JOB = Duration.ofMinutes(5);
    private static final String SERVER = "changes-server";

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
        cloud.openstack("server", "delete", "--wait", SERVER);
    }

    @Test
    @Order(1)
    void interfacesComeAndGoAndARevertBringsThemBack() {
        String network = cloud.compute("os-networks").at("/networks/0/id").asText();
        cloud.nova("interface-attach", "--net-id", network, SERVER).succeeded();
        String port = Await.until("the interface", JOB, this::ports, ports -> ports.contains("ACTIVE"))
                .split("\\|")[2]
                .strip();
        assertThat(interfaces()).contains("<interface");
        cloud.stasis("snapshot-create", "--memory", "--wait", SERVER, "changes-plugged")
                .succeeded();

        cloud.nova("interface-detach", SERVER, port).succeeded();
        Await.until("no interface", JOB, this::interfaces, xml -> !xml.contains("<interface"));
        cloud.stasis("snapshot-revert", "--memory", "--wait", "changes-plugged").succeeded();

        assertThat(interfaces()).contains("<interface");
        servers.status(SERVER, "ACTIVE");
        servers.awaitRunningOn(server);
    }

    private String ports() {
        return cloud.nova("interface-list", SERVER)
                .succeeded()
                .out()
                .lines()
                .filter(line -> line.contains("ACTIVE"))
                .findFirst()
                .orElse("");
    }

    private String interfaces() {
        return cloud.host("virsh", "dumpxml", DemoServers.domain(server))
                .succeeded()
                .out();
    }

    @Test
    @Order(2)
    void captureThatIsCancelledLeavesTheGuestAsItWas() {
        JsonNode begun = captureThatStalls("changes-cancelled");
        String job = begun.at("/job/id").asText();
        cloud.stasis("job-cancel", job).succeeded();
        signalStore("CONT");

        assertThat(ended(job)).isEqualTo("cancelled");
        servers.status(SERVER, "ACTIVE");
        servers.awaitRunningOn(server);
        assertThat(cloud.snapshots("snapshots?name=changes-cancelled").path("snapshots"))
                .isEmpty();
        nothingIsAstray();
    }

    @Test
    @Order(3)
    void resizedServerIsConfirmedAndAnotherTakenBack() {
        cloud.openstack("server", "resize", "--flavor", "m1.tiny", SERVER).succeeded();
        servers.status(SERVER, "VERIFY_RESIZE");
        cloud.openstack("server", "resize", "confirm", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");
        servers.awaitReady(server);
        servers.awaitAgent(server);
        assertThat(memoryMib()).isGreaterThan(400);
        cloud.nova("resize", SERVER, "m1.small").succeeded();
        servers.status(SERVER, "VERIFY_RESIZE");
        cloud.nova("resize-revert", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");

        servers.awaitAgent(server);
        servers.awaitRunningOn(server);
        assertThat(cloud.openstackJson("server", "show", SERVER).path("flavor").asText())
                .contains("m1.tiny");
        nothingIsAstray();
    }

    private int memoryMib() {
        return Integer.parseInt(
                servers.guest(server, "/bin/sh", "-c", "awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo")
                        .strip());
    }

    @Test
    @Order(4)
    void captureAndDeletionOfItsServerEndBoth() {
        String job = captureThatStalls("changes-orphan").at("/job/id").asText();
        cloud.openstack("server", "delete", SERVER).succeeded();
        signalStore("CONT");

        assertThat(ended(job)).isIn("cancelled", "failed");
        Await.until(
                "the server is gone", JOB, () -> cloud.openstack("server", "show", SERVER), shown -> shown.exit() != 0);
        assertThat(cloud.snapshots("snapshots?name=changes-orphan").path("snapshots"))
                .isEmpty();
        assertThat(cloud.host("virsh", "list", "--all", "--name").succeeded().out())
                .doesNotContain(server);
        nothingIsAstray();
    }

    /// It does not come to its end before the store goes on.
    private JsonNode captureThatStalls(String name) {
        servers.guest(
                server, "/bin/sh", "-c", "dd if=/dev/urandom of=/root/" + name + " bs=1M count=20 2>/dev/null && sync");
        signalStore("STOP");
        JsonNode begun = cloud.snapshots(
                "snapshots", "{\"server\": \"%s\", \"name\": \"%s\", \"memory\": true}".formatted(server, name));
        Await.until(
                "the instant exists",
                JOB,
                () -> cloud.snapshots("jobs/" + begun.at("/job/id").asText()).at("/job/phase"),
                phase -> phase.asText().equals("uploading"));
        return begun;
    }

    private void signalStore(String signal) {
        cloud.host(
                        "kill",
                        "-" + signal,
                        Long.toString(cloud.process("image-service").pid()))
                .succeeded();
    }

    private String ended(String job) {
        return Await.until(
                        "job " + job + " ends",
                        JOB,
                        () -> cloud.snapshots("jobs/" + job).at("/job/status"),
                        status -> !status.asText().equals("running")
                                && !status.asText().equals("unwinding"))
                .asText();
    }

    private void nothingIsAstray() {
        Shell.Result doctor = cloud.stasis("doctor");
        assertThat(doctor.exit()).as(doctor.out() + doctor.err()).isZero();
    }
}
