package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// A real guest that goes on on another host, mid-instruction, and comes back.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProtectionIT {
    private static final Duration ALIVE = Duration.ofMinutes(3);
    private static final String SERVER = "guarded";
    private static final String FLAVOR = "demo.guarded";
    private static final String HOST = "OS-EXT-SRV-ATTR:host";

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static DemoServers elsewhere;
    private static SecondLibvirt libvirt;
    private static SecondHost second;
    private static String id;

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        // Each host sees its own domains only, as on two machines.
        libvirt = SecondLibvirt.beside(cloud);
        elsewhere = servers.by(libvirt);
        second = SecondHost.beside(cloud, libvirt);
        Await.until(
                "the second host is there", ALIVE, () -> cloud.openstackJson("compute", "service", "list"), list -> {
                    for (JsonNode service : list) {
                        if (service.path("Host").asText().equals(SecondHost.NAME)
                                && service.path("State").asText().equals("up")) {
                            return true;
                        }
                    }
                    return false;
                });
        // The probe writes to two disks, and a standby has no volumes.
        cloud.openstack("flavor", "create", "--ram", "256", "--disk", "1", "--ephemeral", "1", "--vcpus", "1", FLAVOR)
                .succeeded();
        cloud.nova("boot", "--image", "demo", "--flavor", FLAVOR, "--nic", "none", SERVER)
                .succeeded();
        id = servers.status(SERVER, "ACTIVE").required("id").asText();
        servers.awaitReady(SERVER);
    }

    @AfterAll
    static void remove() {
        cloud.openstack("server", "delete", "--wait", SERVER);
        cloud.openstack("flavor", "delete", FLAVOR);
        second.close();
        libvirt.close();
    }

    @Test
    @Order(1)
    void aServerIsHandedOverToItsStandbyAndItsGuestGoesOn() {
        String first = host();
        String life = life();

        protect();
        assertThat(protection().path("epoch").asLong()).isPositive();
        String other = protection().path("standby_host").asText();
        assertThat(other).isNotEqualTo(first);
        there().awaitRunningOn(id);
        long before = there().counter(id);

        cloud.stasis("failover", SERVER).succeeded();

        assertThat(host()).isEqualTo(other);
        assertThat(there().counter(id)).as("nothing is lost").isGreaterThanOrEqualTo(before);
        assertThat(occupied()).as("MiB of two disks of 1 GiB").isLessThan(400);
        assertThat(life()).as("it has not booted anew").isEqualTo(life);
        there().awaitRunningOn(id);
        cleared();
    }

    @Test
    @Order(2)
    void andBack() {
        String other = host();
        String life = life();

        protect();
        long between = there().counter(id);
        cloud.stasis("failover", SERVER).succeeded();

        assertThat(host()).isNotEqualTo(other);
        assertThat(there().counter(id)).isGreaterThanOrEqualTo(between);
        assertThat(life()).isEqualTo(life);
        there().awaitRunningOn(id);
    }

    /// What the server takes up on the disk of its host, and not what it could.
    private static int occupied() {
        Path host = host().equals(SecondHost.NAME)
                ? cloud.home().resolve(SecondHost.NAME)
                : cloud.home().resolve("compute");
        String told = cloud.host(
                        "du", "-sm", host.resolve("instances").resolve(id).toString())
                .succeeded()
                .out();
        return Integer.parseInt(told.substring(0, told.indexOf('\t')));
    }

    private static void protect() {
        cloud.stasis("protect", "--interval", "500ms", SERVER).succeeded();
        Await.until(
                "an epoch is told",
                ALIVE,
                ProtectionIT::protection,
                shown -> shown.path("epoch").asLong() > 0);
    }

    private static JsonNode protection() {
        return cloud.stasis("protection-show", "--json", SERVER).json();
    }

    /// The former host has nothing of it any more.
    private static void cleared() {
        Await.until(
                "the former host is cleared",
                ALIVE,
                () -> cloud.stasis("protection-list", "--json").json(),
                JsonNode::isEmpty);
    }

    /// Where the server is.
    private static DemoServers there() {
        return host().equals(SecondHost.NAME) ? elsewhere : servers;
    }

    private static String host() {
        return servers.status(SERVER, "ACTIVE").path(HOST).asText();
    }

    private static String life() {
        return there().guest(id, "/bin/cat", "/proc/sys/kernel/random/boot_id");
    }
}
