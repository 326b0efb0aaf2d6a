package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Servers of two hosts, with real guests, taken at one instant by one request.
class TwoHostsIT {
    private static final Duration ALIVE = Duration.ofMinutes(3);
    private static final List<String> SERVERS = List.of("apart-1", "apart-2");
    private static final String GROUP = "apart";
    private static final String FLAVOR = "demo.two-disks";

    private static OneMachineCloud cloud;
    private static DemoServers servers;
    private static SecondHost second;

    @BeforeAll
    static void boot() {
        cloud = OneMachineCloud.running();
        servers = DemoServers.on(cloud);
        second = SecondHost.beside(cloud);
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
        cloud.openstack("flavor", "create", "--ram", "256", "--disk", "1", "--ephemeral", "1", "--vcpus", "1", FLAVOR)
                .succeeded();
        String group = cloud.openstackJson("server", "group", "create", "--policy", "anti-affinity", GROUP)
                .required("id")
                .asText();
        SERVERS.forEach(name -> cloud.nova(
                        "boot",
                        "--image",
                        "demo",
                        "--flavor",
                        FLAVOR,
                        "--nic",
                        "none",
                        "--hint",
                        "group=" + group,
                        name)
                .succeeded());
        SERVERS.forEach(name -> {
            servers.status(name, "ACTIVE");
            servers.awaitReady(name);
        });
    }

    @AfterAll
    static void remove() {
        SERVERS.forEach(name -> cloud.openstack("server", "delete", "--wait", name));
        cloud.openstack("server", "group", "delete", GROUP);
        cloud.openstack("flavor", "delete", FLAVOR);
        second.close();
    }

    @Test
    void serversOfTwoHostsAreOneInstantAndGoBackToIt() {
        Set<String> hosts = new HashSet<>();
        SERVERS.forEach(name -> hosts.add(
                servers.status(name, "ACTIVE").path("OS-EXT-SRV-ATTR:host").asText()));
        assertThat(hosts).hasSize(2).contains(SecondHost.NAME);
        List<String> ids = SERVERS.stream()
                .map(name -> servers.status(name, "ACTIVE").required("id").asText())
                .toList();
        ids.forEach(id -> servers.guest(id, "/bin/sh", "-c", "echo then > /run/which"));

        JsonNode instant = cloud.stasis(
                        "snapshot-create", "--memory", "--json", SERVERS.getFirst(), SERVERS.getLast(), "both")
                .json();

        assertThat(instant.path("hosts").asInt()).isEqualTo(2);
        assertThat(instant.path("skew_us").asLong()).isNotNegative();
        assertThat(instant.path("snapshots")).hasSize(2).allSatisfy(member -> {
            JsonNode receipt = cloud.stasis(
                            "snapshot-show", "--json", member.path("id").asText())
                    .json()
                    .path("receipt");
            assertThat(receipt.at("/together/hosts").asInt()).isEqualTo(2);
            assertThat(receipt.at("/together/servers").asInt()).isEqualTo(2);
            assertThat(receipt.at("/together/skew_us").asLong())
                    .isEqualTo(instant.path("skew_us").asLong());
            assertThat(receipt.path("reached").asText()).isEqualTo("memory");
            assertThat(receipt.path("strategy").asText()).startsWith("memory-");
        });

        ids.forEach(id -> servers.guest(id, "/bin/sh", "-c", "echo now > /run/which"));
        cloud.stasis("instant-revert", "--memory", "--no-safety", "both").succeeded();
        ids.forEach(id -> {
            servers.status(id, "ACTIVE");
            assertThat(servers.guest(id, "/bin/cat", "/run/which")).isEqualTo("then\n");
            servers.awaitRunningOn(id);
        });
        cloud.stasis("instant-delete", "both").succeeded();
    }
}
