package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server's life through the unmodified `openstack`, `nova` and `glance` clients, from end to end.
class ClientsIT extends ServerLife {
    private static final Duration CAPTURE = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Override
    OneMachineCloud cloud() {
        return OneMachineCloud.running();
    }

    @Test
    @Order(20)
    void theProbeAgreesWithBothDisks() {
        servers.awaitRunningOn(server);
        assertThat(servers.probe(server)).containsKeys("root", "data");
        assertThat(cloud.nova("console-log", SERVER).succeeded().out()).contains("stasis-demo: ready");
    }

    @Test
    @Order(30)
    void powerActionsReachTheirStates() {
        cloud.nova("pause", SERVER).succeeded();
        servers.status(SERVER, "PAUSED");
        cloud.nova("unpause", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");
        long before = servers.counter(server);

        cloud.openstack("server", "suspend", SERVER).succeeded();
        servers.status(SERVER, "SUSPENDED");
        cloud.openstack("server", "resume", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");

        servers.awaitRunningOn(server);
        assertThat(servers.counter(server)).as("memory was kept").isGreaterThan(before);
    }

    @Test
    @Order(41)
    void theImageBoots() {
        String clone = servers.boot("clients-clone", IMAGE);
        servers.awaitRunningOn(clone);
        servers.delete("clients-clone");
    }

    @Test
    @Order(50)
    void aDownloadOfTheImageIsAWholeQcow2() {
        Path file = directory.resolve("image.qcow2");
        cloud.openstack("image", "save", "--file", file.toString(), IMAGE).succeeded();
        cloud.host("qemu-img", "check", file.toString()).succeeded();
        JsonNode digested = Await.until(
                "the checksums of the image",
                CAPTURE,
                () -> cloud.openstackJson("image", "show", IMAGE),
                shown -> !shown.path("checksum").asText("").isEmpty()
                        && !shown.path("checksum").isNull());
        assertThat(cloud.host("md5sum", file.toString()).succeeded().out())
                .startsWith(digested.required("checksum").asText());
    }

    @Test
    @Order(61)
    void theSameSnapshotIsRevertedToWithoutMemoryAndThatIsUndone() {
        cloud.stasis("snapshot-revert", "--disks-only", "--wait", SNAPSHOT).succeeded();
        servers.status(SERVER, "ACTIVE");
        servers.awaitReady(server);
        servers.awaitRunningOn(server);

        cloud.stasis("snapshot-undo", "--wait", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");
        assertThat(servers.counter(server)).as("back before the last revert").isPositive();
        servers.awaitRunningOn(server);
        assertThat(cloud.stasis("snapshot-tree", SERVER).succeeded().out())
                .contains(SNAPSHOT, "safety", "<- the server is here");
    }

    @Test
    @Order(70)
    void aCloneGoesOnBesideItsOrigin() {
        assertThat(cloud.stasis("snapshot-verdict", SNAPSHOT).succeeded().out())
                .startsWith("revert")
                .contains("clone");
        cloud.stasis("clone", "--wait", SNAPSHOT, "clients-clone").succeeded();

        assertThat(cloud.openstack("server", "list", "-f", "value", "-c", "Name")
                        .succeeded()
                        .out())
                .contains("clients-clone");
        servers.status("clients-clone", "ACTIVE");
    }

    @Test
    @Order(80)
    void whatIsSavedAsAFileAndImportedGoesOnWhereTheSnapshotWas() {
        String image = "clients-bundle";
        Path file = directory.resolve("bundle.ova");
        cloud.snapshots("images", "{\"snapshot\": \"%s\", \"name\": \"%s\"}".formatted(snapshot(SNAPSHOT), image));
        // Which the client compares with what it has downloaded.
        Await.until(
                "the checksum of the bundle",
                CAPTURE,
                () -> cloud.openstackJson("image", "show", image),
                shown -> !shown.path("checksum").asText("").isEmpty()
                        && !shown.path("checksum").isNull());
        cloud.openstack("image", "save", "--file", file.toString(), image).succeeded();

        cloud.openstack(
                        "image",
                        "create",
                        "clients-imported",
                        "--disk-format",
                        "qcow2",
                        "--container-format",
                        "ova",
                        "--file",
                        file.toString())
                .succeeded();
        JsonNode imported = Await.until(
                "the import is a snapshot",
                CAPTURE,
                () -> cloud.snapshots("snapshots?name=clients-imported").at("/snapshots/0"),
                shown -> shown.path("status").asText().equals("available"));
        assertThat(imported.required("origin").asText()).isEqualTo("imported");
        assertThat(imported.required("server").asText()).isNotEqualTo(server);
        cloud.openstack("image", "delete", image, "clients-imported").succeeded();
        cloud.stasis("clone", "--memory", "--wait", "clients-imported", "clients-far")
                .succeeded();

        String far = servers.status("clients-far", "ACTIVE").required("id").asText();
        assertThat(servers.probe(far).get("boot_id")).as("it did not boot").isEqualTo(boot);
        assertThat(servers.guest(far, "cat", MEMORY_WITNESS))
                .as("a file in the guest's memory that was deleted after the snapshot")
                .isEqualToIgnoringNewLines("kept");
        servers.awaitRunningOn(far);
        servers.delete("clients-far");
        cloud.stasis("snapshot-delete", "--wait", "clients-imported").succeeded();
    }

    private String snapshot(String name) {
        return cloud.snapshots("snapshots?name=" + name).at("/snapshots/0/id").asText();
    }

    @Test
    @Order(90)
    void bothAreTakenAtOneInstantAndPutBackToIt() {
        cloud.stasis("snapshot-create", "--memory", "--wait", SERVER, "clients-clone", "clients-instant")
                .succeeded();
        assertThat(cloud.stasis("instant-list").succeeded().out()).contains("clients-instant", "2 of 2");
        String boot = servers.probe(server).get("boot_id");
        servers.awaitRunningOn(server);

        cloud.stasis("instant-revert", "--memory", "--wait", "clients-instant").succeeded();

        servers.status(SERVER, "ACTIVE");
        servers.status("clients-clone", "ACTIVE");
        assertThat(servers.probe(server).get("boot_id")).as("it did not boot").isEqualTo(boot);
        servers.awaitRunningOn(server);
        cloud.openstack("server", "delete", "--wait", "clients-clone").succeeded();
        assertThat(cloud.stasis("snapshot-delete", "--dry-run", SNAPSHOT)
                        .succeeded()
                        .out())
                .contains("yes");
        cloud.stasis("instant-delete", "--wait", "clients-instant").succeeded();
        cloud.stasis("snapshot-delete", "--wait", SNAPSHOT).succeeded();
    }

    @Test
    @Order(100)
    void aStoppedServerIsCapturedAndStartsAgain() {
        cloud.nova("stop", SERVER).succeeded();
        servers.status(SERVER, "SHUTOFF");
        cloud.nova("image-create", "--poll", SERVER, "clients-stopped").succeeded();
        cloud.openstack("server", "start", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");
        servers.awaitRunningOn(server);
        cloud.openstack("image", "delete", "clients-stopped", IMAGE).succeeded();
    }

    @Test
    @Order(110)
    void aServerComesBackFromTheShelfWithWhatItsDisksHeld() {
        servers.guest(server, "/bin/sh", "-c", "echo shelved > /root/witness && sync");

        cloud.openstack("server", "shelve", SERVER).succeeded();
        servers.status(SERVER, "SHELVED_OFFLOADED");
        assertThat(cloud.host("virsh", "list", "--all", "--name").succeeded().out())
                .doesNotContain(server);
        cloud.openstack("server", "unshelve", SERVER).succeeded();

        servers.status(SERVER, "ACTIVE");
        servers.awaitReady(server);
        servers.awaitRunningOn(server);
        assertThat(servers.guest(server, "cat", "/root/witness")).isEqualToIgnoringNewLines("shelved");
    }

    @Test
    @Order(120)
    void aServerIsMendedFromAnotherDisk() {
        cloud.nova("rescue", SERVER).succeeded();
        servers.status(SERVER, "RESCUE");
        assertThat(servers.guest(
                        server,
                        "/bin/sh",
                        "-c",
                        "[ ! -e /root/witness ] && mkdir -p /tmp/own && mount -t ext4 /dev/vda /tmp/own"
                                + " && echo mended > /tmp/own/root/witness && umount /tmp/own && echo done"))
                .isEqualToIgnoringNewLines("done");

        cloud.openstack("server", "unrescue", SERVER).succeeded();
        servers.status(SERVER, "ACTIVE");

        assertThat(servers.guest(server, "cat", "/root/witness")).isEqualToIgnoringNewLines("mended");
    }
}
