package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// openstacksdk, `clouds.yaml`, and the verbs of `openstack` that are about the cloud and not about one thing in it.
class SdkIT {
    private static OneMachineCloud cloud;

    @BeforeAll
    static void start() {
        cloud = OneMachineCloud.running();
    }

    @Test
    void theSdkIsAtHome() throws URISyntaxException {
        Path script = Path.of(SdkIT.class.getResource("/sdk.py").toURI());

        String said = withCloudsYaml("/usr/bin/python3", script.toString(), "stasis")
                .succeeded()
                .out();

        assertThat(said.lines()).containsExactly("identity ok", "compute ok", "images ok", "volumes ok");
    }

    @Test
    void anEntryOfCloudsYamlIsEnough() {
        assertThat(withCloudsYaml("openstack", "--os-cloud", "stasis", "token", "issue", "-f", "value", "-c", "id")
                        .succeeded()
                        .out())
                .isNotBlank();
    }

    @Test
    void versionsAndLimitsAreShown() {
        assertThat(cloud.openstackJson("versions", "show").findValuesAsText("Service Type"))
                .contains("identity", "compute", "block-storage", "image");
        assertThat(cloud.openstackJson("limits", "show", "--absolute").findValuesAsText("Name"))
                .contains("maxTotalInstances", "maxTotalVolumes", "maxServerGroups");
    }

    @Test
    void whatIsSetAsAQuotaIsShownAsOne() {
        String project = "quota-" + UUID.randomUUID();
        cloud.openstack("project", "create", project).succeeded();
        cloud.openstack(
                        "quota",
                        "set",
                        "--instances",
                        "3",
                        "--key-pairs",
                        "5",
                        "--server-groups",
                        "6",
                        "--volumes",
                        "7",
                        "--snapshots",
                        "8",
                        project)
                .succeeded();

        JsonNode quota = cloud.openstackJson("quota", "show", project);

        assertThat(quota.path("instances").asInt()).isEqualTo(3);
        assertThat(quota.path("key-pairs").asInt()).isEqualTo(5);
        assertThat(quota.path("server-groups").asInt()).isEqualTo(6);
        assertThat(quota.path("volumes").asInt()).isEqualTo(7);
        assertThat(quota.path("snapshots").asInt()).isEqualTo(8);
        cloud.openstack("project", "delete", project).succeeded();
    }

    /// No variable but the one that says where the file is.
    private static Shell.Result withCloudsYaml(String... command) {
        String[] all = new String[command.length + 4];
        all[0] = "env";
        all[1] = "-i";
        all[2] = "PATH=" + System.getenv("PATH");
        all[3] = "OS_CLIENT_CONFIG_FILE=" + cloud.home().resolve("etc/clouds.yaml");
        System.arraycopy(command, 0, all, 4, command.length);
        return cloud.host(all);
    }
}
