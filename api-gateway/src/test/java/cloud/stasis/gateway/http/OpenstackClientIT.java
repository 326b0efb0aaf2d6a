package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.stasis.gateway.TestCloud;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The unmodified client `openstack`, as the distribution ships it.
@QuarkusTest
class OpenstackClientIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 60;

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

    private JsonNode json(String... command) throws IOException, InterruptedException {
        return JSON.readTree(run(command));
    }

    private String run(String... command) throws IOException, InterruptedException {
        return call(0, command);
    }

    private String fail(String... command) throws IOException, InterruptedException {
        return call(1, command);
    }

    private String call(int status, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("timeout", Integer.toString(PATIENCE_SECONDS)));
        words.addAll(List.of(command));
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OS_"));
        builder.environment()
                .putAll(Map.of(
                        "HOME",
                        directory.toString(),
                        "OS_AUTH_URL",
                        TestCloud.uri("/identity").toString(),
                        "OS_USERNAME",
                        user,
                        "OS_PASSWORD",
                        password,
                        "OS_PROJECT_NAME",
                        project,
                        "OS_USER_DOMAIN_NAME",
                        "Default",
                        "OS_PROJECT_DOMAIN_NAME",
                        "Default",
                        "OS_IDENTITY_API_VERSION",
                        "3"));
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE_SECONDS + 5, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out, StandardCharsets.UTF_8) + Files.readString(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue())
                .as(String.join(" ", command) + "\n" + said)
                .isEqualTo(status);
        return status == 0 ? Files.readString(out, StandardCharsets.UTF_8) : said;
    }
}
