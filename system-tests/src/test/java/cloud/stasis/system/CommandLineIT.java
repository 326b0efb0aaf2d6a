package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs that `stasis` shares with novaclient and cinderclient, on a real server: what is asked for is done when
/// the wait is over, and its job is the one that the document names.
class CommandLineIT {
    private static final String SERVER = "cli-server";
    /// Ends all names, so that what an earlier run left is not met.
    private static final String RUN = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

    private static final String DATA = "cli-data-" + RUN;

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

    private static JsonNode stasis(String... arguments) {
        return cloud.stasis(arguments).succeeded().json();
    }

    private static void isJob(JsonNode document, String kind) {
        assertThat(document.path("kind").asText()).as(document.toString()).isEqualTo(kind);
        assertThat(document.path("status").asText()).as(document.toString()).isEqualTo("succeeded");
    }

    @Test
    void aVolumeComesGrowsIsKeptAndGoes() {
        JsonNode made = stasis("volume-create", "--json", "--wait", "--size", "1", DATA);
        assertThat(made.path("status").asText()).isEqualTo("available");
        stasis("volume-attach", "--json", "--wait", SERVER, DATA);
        assertThat(stasis("volume-attachments", "--json", SERVER).findValuesAsText("volumeId"))
                .contains(made.path("id").asText());
        isJob(stasis("volume-extend", "--json", "--wait", DATA, "2"), "extend_volume");
        JsonNode snapshot = stasis("volume-snapshot-create", "--json", "--wait", DATA, "cli-snapshot-" + RUN);
        assertThat(snapshot.path("status").asText()).isEqualTo("available");
        isJob(stasis("volume-detach", "--json", "--wait", SERVER, DATA), "detach_volume");
        JsonNode copy = stasis(
                "volume-create",
                "--json",
                "--wait",
                "--snapshot",
                snapshot.path("id").asText(),
                DATA + "-copy");
        assertThat(copy.path("size").asInt()).isEqualTo(2);
        isJob(
                stasis(
                                "volume-snapshot-delete",
                                "--json",
                                "--wait",
                                snapshot.path("id").asText())
                        .path(0),
                "delete_volume_snapshot");
        JsonNode gone = stasis("volume-delete", "--json", "--wait", DATA, DATA + "-copy");
        isJob(gone.path(0), "delete_volume");
        isJob(gone.path(1), "delete_volume");
        cloud.stasis("volume-show", DATA).failed();
    }

    @Test
    void aServerIsStoppedAndStartedByItsOwnJobs() {
        isJob(stasis("stop", "--json", "--wait", SERVER).path(0), "stop_server");
        // The newest job of the server is still the other one if it is asked too soon.
        JsonNode begun = stasis("start", "--json", "--no-wait", SERVER).path(0);
        assertThat(begun.path("kind").asText()).isEqualTo("start_server");
        isJob(stasis("job-follow", "--json", begun.path("id").asText()), "start_server");
        assertThat(stasis("show", "--json", SERVER).path("status").asText()).isEqualTo("ACTIVE");
        assertThat(stasis("instance-action-list", "--json", server).findValuesAsText("action"))
                .contains("stop", "start", "create");
    }

    @Test
    void aServerIsLabelledAndLocked() {
        assertThat(stasis("meta", "--json", SERVER, "set", "tier=gold")
                        .path("tier")
                        .asText())
                .isEqualTo("gold");
        assertThat(stasis("meta", "--json", SERVER, "delete", "tier").has("tier"))
                .isFalse();
        assertThat(stasis("lock", "--json", "--reason", "audit", SERVER)
                        .at("/0/locked_reason")
                        .asText())
                .isEqualTo("audit");
        assertThat(stasis("unlock", "--json", SERVER).at("/0/locked").asBoolean(true))
                .isFalse();
        assertThat(stasis("rename", "--json", server, SERVER + "-2")
                        .path("name")
                        .asText())
                .isEqualTo(SERVER + "-2");
        stasis("rename", "--json", server, SERVER);
    }

    @Test
    void aBackupIsAnImage() {
        JsonNode image = stasis("backup", "--json", "--wait", SERVER, "cli-backup-" + RUN, "daily", "1");
        assertThat(image.path("status").asText()).isEqualTo("active");
        stasis("image-delete", "--json", "--wait", image.path("id").asText());
        cloud.stasis("image-show", image.path("id").asText()).failed();
    }

    @Test
    void aProjectHasLimitsQuotasAndKeys(@TempDir Path home) throws IOException {
        Path key = home.resolve("id");
        cloud.host("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
                .succeeded();
        String name = "cli-key-" + RUN;
        assertThat(stasis("keypair-add", "--json", "--pub-key", key + ".pub", name)
                        .path("public_key")
                        .asText())
                .isEqualTo(Files.readString(Path.of(key + ".pub")).strip());
        assertThat(stasis("keypair-list", "--json").findValuesAsText("name")).contains(name);
        stasis("keypair-delete", "--json", name);
        assertThat(stasis("limits", "--json").at("/compute/totalInstancesUsed").asInt())
                .isPositive();
        JsonNode quota = stasis("quota-show", "--json");
        assertThat(quota.at("/volume/gigabytes/limit").isNumber())
                .as(quota.toString())
                .isTrue();
        int cores = quota.at("/compute/cores/limit").asInt();
        JsonNode changed = stasis(
                "quota-update",
                "--json",
                "--cores",
                String.valueOf(cores + 1),
                quota.at("/compute/id").asText());
        assertThat(changed.at("/compute/cores/limit").asInt()).isEqualTo(cores + 1);
        stasis(
                "quota-update",
                "--json",
                "--cores",
                String.valueOf(cores),
                quota.at("/compute/id").asText());
    }
}
