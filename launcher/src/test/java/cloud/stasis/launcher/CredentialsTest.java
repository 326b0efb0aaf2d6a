package cloud.stasis.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.launcher.settings.ExternalKeystone;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static final String URL = "STASIS_IDENTITY_KEYSTONE_URL";
    private static final String PASSWORD = "STASIS_IDENTITY_KEYSTONE_PASSWORD";
    private static final Secrets SECRETS = new Secrets("admins", "databases", "key", "key");

    @TempDir
    Path directory;

    private Home home;

    @BeforeEach
    void create() {
        home = new Home(directory.resolve("home"));
        home.create();
    }

    @Test
    void clientsGoToTheGatewayUnlessAKeystoneIsNamed() throws Exception {
        Credentials.of(settings(Map.of("STASIS_PORT_GATEWAY", "7000")), SECRETS).write(home);

        assertThat(Files.readString(home.openrc()))
                .contains("OS_AUTH_URL=http://127.0.0.1:7000/identity/v3\n", "OS_USERNAME=admin\n", "=admins\n")
                .doesNotContain("OS_CACERT");
        assertThat(ExternalKeystone.variables(settings(Map.of()))).isEmpty();
    }

    @Test
    void clientsGoToAKeystoneAsTheServiceUserWhateverItsPasswordIs() throws Exception {
        Settings settings = settings(Map.of(URL, "http://keystone:5000/v3", PASSWORD, "it's \"$HOME\" \\"));

        Credentials.of(settings, SECRETS).write(home);

        assertThat(Files.readString(home.openrc()))
                .contains(
                        "OS_AUTH_URL=http://keystone:5000/v3\n",
                        "OS_USERNAME=stasis\n",
                        "OS_PROJECT_NAME=service\n",
                        "OS_PASSWORD='it'\\''s \"$HOME\" \\'\n");
        assertThat(Files.readString(home.cloudsYaml())).contains("password: \"it's \\\"$HOME\\\" \\\\\"\n");
        assertThat(ExternalKeystone.variables(settings)).containsOnlyKeys(URL, PASSWORD);
        assertThat(Credentials.of(settings, SECRETS).toString()).doesNotContain("HOME");
    }

    @Test
    void aKeystoneWithoutThePasswordOfTheServiceUserIsRefused() {
        Settings settings = settings(Map.of(URL, "http://keystone:5000/v3"));

        assertThatThrownBy(() -> Credentials.of(settings, SECRETS))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining(PASSWORD);
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.put("STASIS_HOME", home.root().toString());
        return Settings.of(values);
    }
}
