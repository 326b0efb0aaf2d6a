package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server that runs while its image streams, and kill -9 of both services that it reads through.
class StreamIT {
    private static final Duration END = Duration.ofMinutes(5);
    private static final String SERVER = "stream-server";
    private static final String IMAGE = "stream-image";
    private static final int IMAGE_MIB = 384;
    /// Beside what the guest reads: the host has no room for it.
    private static final List<String> NOTHING_IS_FETCHED = List.of("STASIS_STREAM_ABOVE=0", "STASIS_DISK_RESERVE=900T");

    private static final String NETWORK = "protocol='nbd'";

    private final OneMachineCloud cloud = OneMachineCloud.running();
    private final DemoServers servers = DemoServers.on(cloud);
    private boolean isUsual = true;

    @AfterEach
    void remove() {
        if (!isUsual) {
            cloud.dev("down", "--keep-guests", "compute-service").succeeded();
        }
        cloud.up();
        servers.delete(SERVER);
        cloud.openstack("image", "delete", IMAGE);
    }

    @Test
    void guestWaitsForWhateverIsGoneAndItsDiskLeavesTheNetwork() {
        // So that its kernel is on the host, which is fetched first.
        servers.launch(SERVER, "demo");
        servers.delete(SERVER);
        servers.uploadLarger(IMAGE, IMAGE_MIB);
        isUsual = false;
        cloud.dev("down", "--keep-guests", "compute-service").succeeded();
        cloud.devWith(NOTHING_IS_FETCHED, "up", "compute-service").succeeded();
        String server = servers.boot(SERVER, IMAGE);
        String domain = DemoServers.domain(server);
        assertThat(describe(domain)).contains(NETWORK);
        assertThat(streams().path(0).path("disk").asText()).isEqualTo("vda");
        // What is streamed stays, whoever deletes it.
        cloud.openstack("image", "delete", IMAGE).succeeded();
        servers.guest(
                server,
                "/bin/sh",
                "-c",
                "(sleep 2; echo 3 > /proc/sys/vm/drop_caches; cat /bin/busybox > /run/read) > /dev/null 2>&1 &");

        cloud.kill("image-service");
        cloud.kill("compute-service");
        assertThat(cloud.host("virsh", "domstate", domain).succeeded().out()).contains("running");
        cloud.up();
        isUsual = true;

        Await.until("the disk is on the host", END, () -> describe(domain), described -> !described.contains(NETWORK));
        Await.until("nothing streams", END, this::streams, JsonNode::isEmpty);
        servers.awaitRunningOn(server);
        Map<String, String> probe = servers.probe(server);
        assertThat(probe).containsEntry("memory_failures", "0");
        assertThat(servers.guest(
                        server,
                        "/bin/sh",
                        "-c",
                        "echo 3 > /proc/sys/vm/drop_caches; cmp /run/read /bin/busybox && echo equal"))
                .contains("equal");
    }

    private JsonNode streams() {
        return cloud.stasis("show", SERVER, "--json").json().path("streams");
    }

    private String describe(String domain) {
        return cloud.host("virsh", "dumpxml", domain).succeeded().out();
    }
}
