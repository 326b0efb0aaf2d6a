package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// What a tenant does with a server from its first boot to its deletion, through the unmodified `openstack`, `nova`,
/// `cinder` and `glance` clients and `stasis`: the same wherever the users are known and however clients reach the
/// gateway. Classes that extend this say which cloud, and go on between the steps.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerLife {
    static final String SERVER = "clients-server";
    static final String IMAGE = "clients-image";
    static final String SNAPSHOT = "clients-snapshot";

    /// On a file system that has no disk.
    static final String MEMORY_WITNESS = "/run/witness";

    OneMachineCloud cloud;
    DemoServers servers;
    String server = "";

    /// Of the guest when it was snapshotted.
    String boot = "";

    /// Whose clients are the tenant. Called once.
    abstract OneMachineCloud cloud();

    /// When the server is gone.
    void leave() {}

    @BeforeAll
    void boot() {
        cloud = cloud();
        servers = DemoServers.on(cloud);
        server = servers.boot(SERVER, "demo");
    }

    @AfterAll
    void remove() {
        try {
            if (!server.isEmpty()) {
                servers.delete(SERVER);
            }
        } finally {
            leave();
        }
    }

    @Test
    @Order(10)
    void clientsFindTheirWayThroughTheCatalogue() {
        assertThat(cloud.openstackLines("token issue", "versions show", "catalog list", "flavor list")
                        .succeeded()
                        .out())
                .contains("identity", "compute", "image", "volumev3", "demo.tiny");
        assertThat(cloud.nova("list").succeeded().out()).contains(SERVER, "ACTIVE");
        assertThat(cloud.glance("image-list").succeeded().out()).contains("demo");
        assertThat(cloud.cinder("list").succeeded().out()).contains("in-use");
    }

    @Test
    @Order(40)
    void anImageIsMadeOfTheRunningServer() {
        cloud.nova("image-create", "--poll", SERVER, IMAGE).succeeded();

        assertThat(cloud.openstackJson("image", "show", IMAGE)
                        .required("status")
                        .asText())
                .isEqualTo("active");
        servers.awaitRunningOn(server);
    }

    @Test
    @Order(60)
    void aSnapshotWithMemoryIsRevertedTo() {
        servers.guest(server, "/bin/sh", "-c", "echo kept > /root/witness && sync && echo kept > " + MEMORY_WITNESS);
        boot = servers.probe(server).get("boot_id");
        cloud.stasis("snapshot-create", "--memory", "--wait", SERVER, SNAPSHOT).succeeded();
        servers.guest(server, "/bin/sh", "-c", "rm /root/witness " + MEMORY_WITNESS + " && sync");
        servers.awaitRunningOn(server);

        cloud.stasis("snapshot-revert", "--memory", "--wait", SNAPSHOT).succeeded();

        servers.status(SERVER, "ACTIVE");
        for (String witness : List.of("/root/witness", MEMORY_WITNESS)) {
            assertThat(servers.guest(server, "cat", witness))
                    .as("a file that was deleted after the snapshot")
                    .isEqualToIgnoringNewLines("kept");
        }
        assertThat(servers.probe(server).get("boot_id")).as("it did not boot").isEqualTo(boot);
        servers.awaitRunningOn(server);
    }
}
