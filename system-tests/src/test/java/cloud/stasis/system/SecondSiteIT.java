package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A running guest that goes on at another site, whose store is a bucket: pushed there, out of the bucket alone when
/// everything else of that site is lost, and carried there as a file. At each stage it is the same guest, in the
/// middle of what it did.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecondSiteIT {
    private static final Duration COPY = Duration.ofMinutes(5);
    private static final String SERVER = "site-server";
    private static final String SNAPSHOT = "site-snapshot";
    private static final String WITNESS = "/run/site-witness";

    private static OneMachineCloud here;
    private static OneMachineCloud there;
    private static String server;
    private static String boot;

    @TempDir
    private Path directory;

    @BeforeAll
    static void takeASnapshotHere() {
        here = OneMachineCloud.running();
        there = OneMachineCloud.another();
        here.trust("there", there);
        there.trust("here", here);
        DemoServers servers = DemoServers.on(here);
        server = servers.boot(SERVER, "demo");
        servers.guest(server, "/bin/sh", "-c", "echo kept > " + WITNESS);
        here.stasis("snapshot-create", "--memory", "--wait", SERVER, SNAPSHOT).succeeded();
        boot = servers.probe(server).get("boot_id");
        // Both sites have the same libvirt, and a server keeps its id.
        servers.delete(SERVER);
    }

    @AfterAll
    static void remove() {
        here.stasis("snapshot-delete", "--wait", SNAPSHOT);
        there.down();
    }

    @Test
    @Order(1)
    void whatIsPushedThereGoesOnThere() {
        here.stasis("push", "--to", "there", SNAPSHOT, "demo").succeeded();

        goesOnThere();
        Await.until(
                "the image is known there",
                COPY,
                () -> there.openstack("image", "list").succeeded().out(),
                images -> images.contains("demo"));
    }

    @Test
    @Order(2)
    void theStoreAloneIsEnough() {
        there.loseAllButTheStore();
        there.up();
        assertThat(there.openstack("image", "list").succeeded().out()).doesNotContain("demo");

        there.stasis("store-adopt", "--all", "--project", there.project()).succeeded();

        goesOnThere();
        DemoServers.on(there).boot("site-image", "demo");
        there.openstack("server", "delete", "--wait", "site-image").succeeded();
    }

    @Test
    @Order(3)
    void whatIsCarriedThereAsAFileGoesOnThere() {
        Path file = directory.resolve("site.ova");
        String snapshot = here.snapshots("snapshots?name=" + SNAPSHOT)
                .at("/snapshots/0/id")
                .asText();
        here.snapshots("images", "{\"snapshot\": \"%s\", \"name\": \"site-bundle\"}".formatted(snapshot));
        Await.until(
                "the checksum of the bundle",
                COPY,
                () -> here.openstackJson("image", "show", "site-bundle").path("checksum"),
                checksum -> !checksum.asText("").isEmpty() && !checksum.isNull());
        here.openstack("image", "save", "--file", file.toString(), "site-bundle")
                .succeeded();
        here.openstack("image", "delete", "site-bundle").succeeded();

        there.openstack(
                        "image",
                        "create",
                        "site-imported",
                        "--disk-format",
                        "qcow2",
                        "--container-format",
                        "ova",
                        "--file",
                        file.toString())
                .succeeded();
        Await.until(
                "the import is a snapshot",
                COPY,
                () -> there.snapshots("snapshots?name=site-imported").at("/snapshots/0/status"),
                status -> status.asText().equals("available"));
        there.stasis("clone", "--memory", "--wait", "site-imported", "site-clone")
                .succeeded();

        DemoServers servers = DemoServers.on(there);
        goesOn(servers, servers.status("site-clone", "ACTIVE").required("id").asText());
        servers.delete("site-clone");
    }

    private void goesOnThere() {
        // What is in its store by now is told to its gateway over the bus.
        Await.until(
                "the snapshot is known there",
                COPY,
                () -> there.snapshots("snapshots?name=" + SNAPSHOT).at("/snapshots/0/status"),
                status -> status.asText().equals("available"));
        there.stasis("snapshot-restore", "--wait", SNAPSHOT).succeeded();
        DemoServers servers = DemoServers.on(there);
        assertThat(servers.status(SERVER, "ACTIVE").required("id").asText()).isEqualTo(server);
        goesOn(servers, server);
        servers.delete(SERVER);
    }

    private static void goesOn(DemoServers servers, String machine) {
        Map<String, String> now = servers.probe(machine);
        assertThat(now.get("boot_id")).as("it did not boot").isEqualTo(boot);
        assertThat(now).containsEntry("memory_failures", "0");
        assertThat(servers.guest(machine, "cat", WITNESS)).isEqualToIgnoringNewLines("kept");
        servers.awaitRunningOn(machine);
    }
}
