package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.stasis.gateway.TestCloud;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The unmodified client `openstack`, as the distribution ships it.
@QuarkusTest
class OpenstackClientIT {
    @TempDir
    Path directory;

    private String user = "admin";
    private String password = TestCloud.ADMIN_PASSWORD;
    private String project = "admin";

    @BeforeEach
    void clientsAreInstalled() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openstack")), "python3-openstackclient is not installed");
    }

    @Test
    void aTokenTheCatalogueAndTheVersions() throws Exception {
        assertThat(json("openstack", "token", "issue", "-f", "json").path("id").asText())
                .startsWith("eyJ");
        assertThat(json("openstack", "catalog", "list", "-f", "json").findValuesAsText("Type"))
                .contains("identity", "compute", "volumev3", "image");
        assertThat(json("openstack", "versions", "show", "-f", "json").findValuesAsText("Service Type"))
                .contains("identity", "compute", "block-storage", "image");
    }

    @Test
    void projectsUsersRolesAndCredentials() throws Exception {
        String name = "client-" + UUID.randomUUID().toString().substring(0, 8);

        run("openstack", "project", "create", name);
        run("openstack", "user", "create", name, "--password", "pw", "--project", name);
        run("openstack", "role", "add", "--project", name, "--user", name, "member");
        assertThat(run("openstack", "role", "assignment", "list", "--user", name, "--names", "-f", "value"))
                .contains("member");
        user = name;
        password = "pw";
        project = name;
        JsonNode credential = json("openstack", "application", "credential", "create", "robot", "-f", "json");
        assertThat(credential.path("secret").asText()).isNotEmpty();
        assertThat(fail("openstack", "user", "list")).contains("HTTP 403");
        run("openstack", "user", "password", "set", "--original-password", "pw", "--password", "other");
        assertThat(fail("openstack", "token", "issue")).contains("HTTP 401");
        user = "admin";
        password = TestCloud.ADMIN_PASSWORD;
        project = "admin";
        run("openstack", "user", "delete", name);
    }

    @Test
    void anImageByTheOpenstackClient() throws Exception {
        byte[] data = new byte[3_000_000];
        new Random(1).nextBytes(data);
        Path file = Files.write(directory.resolve("in"), data);
        String name = "client-" + UUID.randomUUID().toString().substring(0, 8);

        run("openstack", "image", "create", name, "--file", file.toString(), "--disk-format", "raw", "--tag", "t");
        assertThat(json("openstack", "image", "show", name, "-f", "json")
                        .path("status")
                        .asText())
                .isEqualTo("active");
        run("openstack", "image", "set", "--property", "colour=red", "--protected", name);
        assertThat(run("openstack", "image", "list", "--property", "colour=red", "-f", "value"))
                .contains(name);
        assertThat(fail("openstack", "image", "delete", name)).contains("protected");
        run("openstack", "image", "set", "--unprotected", name);
        run("openstack", "image", "save", "--file", directory.resolve("out").toString(), name);
        assertThat(Files.readAllBytes(directory.resolve("out"))).isEqualTo(data);
        run("openstack", "image", "delete", name);
    }

    private JsonNode json(String... command) throws IOException {
        return client().json(command);
    }

    private String run(String... command) {
        return client().run(command);
    }

    private String fail(String... command) {
        return client().fail(command);
    }

    private OpenstackClient client() {
        return new OpenstackClient(directory, TestCloud.uri("/identity").toString(), user, password, project);
    }
}
