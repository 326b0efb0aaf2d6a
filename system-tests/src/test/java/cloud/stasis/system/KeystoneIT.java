package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// A cloud whose users are in a Keystone that is not ours, and whose gateway speaks TLS: the same clients do the same
/// as ever.
///
/// The gateway of the cloud that the other tests use begins anew for this, and once more when all is done; nobody else
/// of that cloud has to know.
class KeystoneIT extends ServerLife {
    /// Of the service user. Any that a person may choose.
    private static final String SERVICE_PASSWORD = "it's $ervice";

    private static final String PASSWORD = "secret";

    private OneMachineCloud shared;
    private KeystoneServer keystone;
    private OneMachineCloud admin;
    private OneMachineCloud other;

    @Override
    OneMachineCloud cloud() {
        shared = OneMachineCloud.running();
        keystone = KeystoneServer.starting(shared.checkout(), shared.home().resolve("keystone-" + UUID.randomUUID()));
        keystone.await();
        shared.as(keystone.admin())
                .openstackLines(
                        "project create service",
                        "user create --password \"" + SERVICE_PASSWORD + "\" --project service stasis",
                        "role add --project service --user stasis admin",
                        "project create tenant",
                        "user create --password secret tenant",
                        "role add --project tenant --user tenant member",
                        "project create other",
                        "user create --password secret other",
                        "role add --project other --user other member")
                .succeeded();
        shared.gatewayAnew(List.of(
                "STASIS_TLS=on",
                "STASIS_IDENTITY_KEYSTONE_URL=" + keystone.url(),
                "STASIS_IDENTITY_KEYSTONE_PASSWORD=" + SERVICE_PASSWORD));
        admin = verifying(keystone.admin());
        other = verifying(keystone.login("other", PASSWORD, "other"));
        Await.until(
                "the catalogue is registered",
                DemoServers.BOOT,
                () -> admin.openstackJson("catalog", "list").findValuesAsText("Type"),
                types -> types.containsAll(List.of("compute", "image", "volumev3", "snapshot")));
        return verifying(keystone.login("tenant", PASSWORD, "tenant"));
    }

    /// Clients that know who signed the gateway's certificate.
    private OneMachineCloud verifying(Map<String, String> who) {
        Map<String, String> all = new HashMap<>(who);
        all.put("OS_CACERT", shared.home().resolve("tls").resolve("ca.pem").toString());
        return shared.as(all);
    }

    @Override
    void leave() {
        if (cloud != null) {
            // Other tests have images of these names.
            cloud.openstack("image", "delete", "demo", "demo-kernel", "demo-initrd", IMAGE);
        }
        shared.dev("down", "api-gateway");
        shared.up();
        keystone.stop();
    }

    @Test
    @Order(11)
    void whoDoesNotKnowTheAuthorityIsNotServed() {
        OneMachineCloud trusting = shared.as(keystone.login("tenant", PASSWORD, "tenant"));

        assertRefusedToTalk(trusting.openstack("server", "list"));
        assertRefusedToTalk(trusting.nova("list"));
        assertRefusedToTalk(trusting.glance("image-list"));
        assertRefusedToTalk(trusting.stasis("list"));
    }

    /// Each client has its own words for it.
    private static void assertRefusedToTalk(Shell.Result client) {
        assertThat(client.failed().err())
                .containsAnyOf(
                        "CERTIFICATE_VERIFY_FAILED", "Failed to contact the endpoint at https://", "ConnectFailure");
    }

    @Test
    @Order(12)
    void theCloudTellsItsOwnersHowToGetIn() {
        assertThat(shared.credentials())
                .containsEntry("OS_AUTH_URL", keystone.url())
                .containsEntry("OS_USERNAME", "stasis")
                .containsEntry("OS_CACERT", shared.home().resolve("tls/ca.pem").toString());
        assertThat(shared.host(
                                "env",
                                "-i",
                                "PATH=" + System.getenv("PATH"),
                                "OS_CLIENT_CONFIG_FILE=" + shared.home().resolve("etc/clouds.yaml"),
                                "openstack",
                                "--os-cloud",
                                "stasis",
                                "server",
                                "list",
                                "--all-projects",
                                "-f",
                                "value")
                        .succeeded()
                        .out())
                .contains(SERVER);
    }

    @Test
    @Order(70)
    void whatAnotherProjectHasIsNotThere() {
        assertThat(other.openstack("server", "show", server).failed().err()).contains("No server");
        assertThat(other.stasis("snapshot-show", SNAPSHOT).failed().err()).contains(SNAPSHOT);
        for (String path : List.of(
                "compute/v2.1/servers/" + server,
                "image/v2/images/"
                        + cloud.openstackJson("image", "show", IMAGE)
                                .required("id")
                                .asText(),
                "snapshot/v1/snapshots/"
                        + cloud.snapshots("snapshots?name=" + SNAPSHOT)
                                .at("/snapshots/0/id")
                                .asText())) {
            assertThat(cloud.status(path)).as(path).isEqualTo(200);
            assertThat(other.status(path)).as(path).isEqualTo(404);
        }
    }

    @Test
    @Order(71)
    void whatAProjectMayHaveIsSaidByTheAdministrator() {
        admin.openstack("quota", "set", "--instances", "1", "tenant").succeeded();
        assertThat(cloud.nova("boot", "--image", "demo", "--flavor", "demo.tiny", "--nic", "none", "one-more")
                        .failed()
                        .err())
                .contains("Quota exceeded", "HTTP 403");
        assertThat(cloud.openstack("quota", "set", "--instances", "9", "tenant")
                        .failed()
                        .err())
                .contains("403");

        String project = cloud.project();
        assertThat(admin.stasis("snapshot-quota-update", "--snapshots", "1", "--json", project)
                        .json()
                        .at("/snapshots/limit")
                        .asInt())
                .isEqualTo(1);
        assertThat(cloud.stasis("snapshot-create", SERVER, "one-more").failed().err())
                .contains("HTTP 4");
        admin.stasis("snapshot-quota-delete", project).succeeded();
        assertThat(cloud.stasis("snapshot-quota-show").succeeded().out()).contains("| snapshots ");
    }

    @Test
    @Order(72)
    void whatIsDeletedIsGone() {
        cloud.stasis("snapshot-delete", "--wait", SNAPSHOT, "before revert to " + SNAPSHOT)
                .succeeded();
        cloud.openstack("image", "delete", IMAGE).succeeded();

        assertThat(cloud.snapshots("snapshots").path("snapshots")).isEmpty();
        assertThat(cloud.glance("image-list").succeeded().out()).doesNotContain(IMAGE);
    }
}
