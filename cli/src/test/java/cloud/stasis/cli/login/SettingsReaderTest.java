package cloud.stasis.cli.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Trust;
import cloud.stasis.cli.process.Environment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    private static final String CLOUDS = """
            clouds:
              work:
                region_name: RegionTwo
                cacert: /etc/ssl/work.pem
                interface: internal
                auth:
                  auth_url: https://work.example:5000
                  username: alice
                  password: from-file
                  project_name: research
                  user_domain_name: Staff
                  project_domain_id: d2
              robot:
                auth_type: v3applicationcredential
                verify: false
                auth:
                  auth_url: https://robot.example/identity/v3/
                  application_credential_id: cred
                  application_credential_secret: hush
            """;

    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();

    private Settings read(Map<Parameter, String> options) {
        variables.put("HOME", home.toString());
        return new SettingsReader(new Environment(variables, home.resolve("work"))).read(options, false);
    }

    private void write(String place, String text) throws IOException {
        Path file = home.resolve(place);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void anEntryOfCloudsYamlIsUnderstood() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);
        variables.put("OS_CLOUD", "work");

        assertThat(read(Map.of()))
                .isEqualTo(new Settings(
                        URI.create("https://work.example:5000/v3"),
                        new Credential.Password(
                                new Credential.User.ByName("alice", new Domain.ByName("Staff")),
                                Optional.of(new Secret("from-file"))),
                        new Scope.ProjectByName("research", new Domain.ById("d2")),
                        Optional.of("RegionTwo"),
                        "internal",
                        new Trust.Authorities(Path.of("/etc/ssl/work.pem"))));
    }

    @Test
    void anApplicationCredentialOfCloudsYamlIsUnderstood() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);

        Settings settings = read(Map.of(Parameter.CLOUD, "robot"));

        assertThat(settings.identity()).isEqualTo(URI.create("https://robot.example/identity/v3"));
        assertThat(settings.credential())
                .isEqualTo(new Credential.ApplicationCredentialById("cred", new Secret("hush")));
        assertThat(settings.trust()).isEqualTo(new Trust.Everyone());
    }

    @Test
    void theWorkingDirectoryComesBeforeTheHome() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);
        write("work/clouds.yaml", CLOUDS.replace("work.example", "here.example"));
        variables.put("OS_CLOUD", "work");

        assertThat(read(Map.of()).identity().getHost()).isEqualTo("here.example");
    }

    @Test
    void secretsMayStandInSecureYaml() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS.replace("password: from-file", "unknown_key: 1"));
        write(".config/openstack/secure.yaml", "clouds: {work: {auth: {password: apart}}}");
        variables.put("OS_CLOUD", "work");

        assertThat(read(Map.of()).credential().proof()).contains(new Secret("apart"));
    }

    @Test
    void variablesDoNotMixIntoAnEntryButForThePassword() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS.replace("      password: from-file\n", ""));
        variables.put("OS_CLOUD", "work");
        variables.put("OS_PROJECT_ID", "elsewhere");
        variables.put("OS_USERNAME", "mallory");
        variables.put("OS_PASSWORD", "from-variable");

        Settings settings = read(Map.of());

        assertThat(settings.scope()).isEqualTo(new Scope.ProjectByName("research", new Domain.ById("d2")));
        assertThat(settings.credential())
                .isEqualTo(new Credential.Password(
                        new Credential.User.ByName("alice", new Domain.ByName("Staff")),
                        Optional.of(new Secret("from-variable"))));
    }

    @Test
    void optionsCountMoreThanAnythingElse() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);
        variables.put("OS_CLOUD", "work");

        Settings settings = read(Map.of(Parameter.PROJECT_ID, "p7", Parameter.REGION_NAME, "RegionOne"));

        assertThat(settings.scope()).isEqualTo(new Scope.ProjectById("p7"));
        assertThat(settings.region()).contains("RegionOne");
    }

    @Test
    void theOnlyEntryIsUsedWhenNothingIsSaid() throws IOException {
        write(".config/openstack/clouds.yaml", """
                clouds:
                  only: {auth: {auth_url: "http://only.example/v3", username: u, password: p}}
                """);

        assertThat(read(Map.of()).identity().getHost()).isEqualTo("only.example");
    }

    @Test
    void olderNamesOfVariablesAreUnderstood() {
        variables.put("OS_AUTH_URL", "http://old.example:5000/v3");
        variables.put("OS_USERNAME", "u");
        variables.put("OS_TENANT_NAME", "t");
        variables.put("OS_ENDPOINT_TYPE", "adminURL");

        Settings settings = read(Map.of());

        assertThat(settings.scope()).isEqualTo(new Scope.ProjectByName("t", Domain.DEFAULT));
        assertThat(settings.endpointInterface()).isEqualTo("admin");
    }

    @Test
    void anUnknownEntryNamesThoseThatThereAre() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);
        variables.put("OS_CLOUD", "wrok");

        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no entry 'wrok'")
                .hasMessageContaining("robot, work");
    }

    @Test
    void aMissingFileNamesThePlaces() {
        variables.put("OS_CLOUD", "work");

        assertThatThrownBy(() -> read(Map.of()))
                .hasMessageContaining("no clouds.yaml in")
                .hasMessageContaining("/etc/openstack/clouds.yaml");
    }

    @Test
    void aBrokenFileIsReportedWithoutQuotingIt() throws IOException {
        write(".config/openstack/clouds.yaml", "clouds: {work: {auth: {password: hush, : [}}");
        variables.put("OS_CLOUD", "work");

        assertThatThrownBy(() -> read(Map.of()))
                .hasMessageContaining("cannot be read as YAML")
                .hasMessageNotContaining("hush");
    }

    @Test
    void secretsDoNotPrintThemselves() throws IOException {
        write(".config/openstack/clouds.yaml", CLOUDS);

        assertThat(read(Map.of(Parameter.CLOUD, "work")).toString()).doesNotContain("from-file");
        assertThat(read(Map.of(Parameter.CLOUD, "robot")).toString()).doesNotContain("hush");
    }
}
