package cloud.stasis.gateway.identity.keystone;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.heart.Cloud;
import cloud.stasis.gateway.http.OpenstackClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same gateway and the same clients, with a real Keystone.
@QuarkusTest
@TestProfile(ExternalKeystoneIT.WithKeystone.class)
class ExternalKeystoneIT {
    private final TestCloud cloud = new TestCloud();

    @Inject
    Cloud heart;

    @TempDir
    Path directory;

    private OpenstackClient admin;

    public static final class WithKeystone implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(KeystoneProcess.class));
        }
    }

    @BeforeEach
    void prepare() {
        admin = client("admin", KeystoneProcess.ADMIN_PASSWORD, "admin");
        heart.await("the catalogue is registered", () -> types().containsAll(List.of("compute", "volumev3", "image")));
    }

    @Test
    void itsUsersWorkInTheirProjectsAndOnlyThere() throws Exception {
        String name = "ks-" + UUID.randomUUID().toString().substring(0, 8);
        admin.run("openstack", "project", "create", name);
        admin.run("openstack", "user", "create", name, "--password", "pw", "--project", name);
        admin.run("openstack", "role", "add", "--project", name, "--user", name, "member");
        OpenstackClient tenant = client(name, "pw", name);
        Path file = Files.write(directory.resolve("in"), new byte[4096]);

        String image = tenant.json(
                        "openstack",
                        "image",
                        "create",
                        name,
                        "--file",
                        file.toString(),
                        "--disk-format",
                        "raw",
                        "-f",
                        "json")
                .path("id")
                .asText();

        assertThat(tenant.json("openstack", "image", "show", image, "-f", "json")
                        .path("owner")
                        .asText())
                .isEqualTo(admin.json("openstack", "project", "show", name, "-f", "json")
                        .path("id")
                        .asText());
        assertThat(tenant.run("openstack", "flavor", "list", "-f", "value")).contains("demo.tiny");
        assertThat(tenant.run("openstack", "volume", "list", "-f", "value")).isBlank();
        assertThat(tenant.run("openstack", "server", "list", "-f", "value")).isBlank();
        admin.run("openstack", "user", "create", name + "-other", "--password", "pw");
        admin.run("openstack", "project", "create", name + "-other");
        admin.run("openstack", "role", "add", "--project", name + "-other", "--user", name + "-other", "member");
        assertThat(client(name + "-other", "pw", name + "-other").run("openstack", "image", "list", "-f", "value"))
                .doesNotContain(image);
        assertThat(tenant.fail("openstack", "hypervisor", "list")).contains("HTTP 403");
    }

    @Test
    void revokedAndForgedTokensAreRefusedAndOurOwnDoorsAreClosed() throws Exception {
        String token = token();
        cloud.get(token, "/compute/v2.1/flavors").expect(200);

        admin.run("openstack", "token", "revoke", token);

        heart.await(
                "the revoked token is refused",
                () -> cloud.get(token, "/compute/v2.1/flavors").status() == 401);
        cloud.get("gAAAAAforged", "/compute/v2.1/flavors").expect(401);
        JsonNode refused =
                cloud.post("", "/identity/v3/auth/tokens", "{}").expect(404).json();
        assertThat(refused.at("/error/message").asText())
                .contains(KeystoneProcess.running().url());
    }

    @Test
    void whileItIsAwayTheAnswerIs503AndAfterwardsAllIsWell() throws Exception {
        String token = token();
        KeystoneProcess.running().halt();
        try {
            cloud.get(token, "/compute/v2.1/flavors").expect(503);
        } finally {
            KeystoneProcess.running().go();
        }

        cloud.get(token, "/compute/v2.1/flavors").expect(200);
    }

    private List<String> types() {
        try {
            return admin.json("openstack", "catalog", "list", "-f", "json").findValuesAsText("Type");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String token() throws Exception {
        return admin.json("openstack", "token", "issue", "-f", "json")
                .path("id")
                .asText();
    }

    private OpenstackClient client(String user, String password, String project) {
        return new OpenstackClient(directory, KeystoneProcess.running().url(), user, password, project);
    }
}
