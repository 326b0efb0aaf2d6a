package cloud.stasis.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path directory;

    @Test
    void environmentGoesBeforeTheFileAndTheFileBeforeTheDefault() {
        Home home = new Home(directory.resolve("home"));
        home.create();
        home.stasisEnv().write("test", Map.of("STASIS_PORT_IMAGE", "7001", "STASIS_PORT_GATEWAY", "7000"));

        Settings settings = Settings.of(Map.of("STASIS_HOME", home.root().toString(), "STASIS_PORT_GATEWAY", "8000"));

        assertThat(settings.port(PortName.GATEWAY).number()).isEqualTo(8000);
        assertThat(settings.port(PortName.IMAGE).number()).isEqualTo(7001);
        assertThat(settings.port(PortName.KAFKA).number()).isEqualTo(5804);
    }

    @Test
    void whatIsHandedOnIsWhatWasGiven() {
        Home home = new Home(directory.resolve("home"));
        home.create();
        home.stasisEnv()
                .write("test", Map.of("STASIS_STORE_URL", "s3://bucket/prefix", "STASIS_S3_ACCESS_KEY", "of-the-file"));

        Settings settings = Settings.of(
                Map.of("STASIS_HOME", home.root().toString(), "STASIS_S3_ACCESS_KEY", "key", "STASIS_S3_REGION", ""));

        assertThat(settings.given(List.of("STASIS_STORE_URL", "STASIS_S3_ACCESS_KEY", "STASIS_S3_REGION")))
                .isEqualTo(Map.of("STASIS_STORE_URL", "s3://bucket/prefix", "STASIS_S3_ACCESS_KEY", "key"));
    }

    @Test
    void aWrongValueIsToldWithTheNameOfItsVariable() {
        Settings settings = Settings.of(
                Map.of("STASIS_HOME", directory.toString(), "STASIS_PORT_IMAGE", "many", "STASIS_PORT_KAFKA", "70000"));

        assertThatThrownBy(() -> settings.port(PortName.IMAGE))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("STASIS_PORT_IMAGE")
                .hasMessageContaining("many");
        assertThatThrownBy(() -> settings.port(PortName.KAFKA)).hasMessageContaining("STASIS_PORT_KAFKA");
    }

    @Test
    void secretsAreMadeOnceAndKeptToTheOwner() throws Exception {
        EnvFile file = new EnvFile(directory.resolve("stasis.env"));

        Secrets first = Secrets.ensure(file);
        Secrets second = Secrets.ensure(file);

        assertThat(second).isEqualTo(first);
        assertThat(first.tokenKey()).hasSize(43).isNotEqualTo(first.capabilityKey());
        assertThat(Files.getPosixFilePermissions(file.path())).hasSize(2);
        assertThat(first).hasToString("Secrets[4 values]");
    }

    @Test
    void aMissingSecretIsAddedAndWhatAPersonWroteStays() {
        EnvFile file = new EnvFile(directory.resolve("stasis.env"));
        Map<String, String> written = new LinkedHashMap<>();
        written.put("STASIS_PORT_GATEWAY", "7000");
        written.put("STASIS_ADMIN_PASSWORD", "chosen");
        file.write("test", written);

        Secrets secrets = Secrets.ensure(file);

        assertThat(secrets.adminPassword()).isEqualTo("chosen");
        assertThat(file.read()).containsEntry("STASIS_PORT_GATEWAY", "7000").containsKey("STASIS_TOKEN_KEY");
    }

    @Test
    void aValueThatAShellWouldMisreadIsRefused() {
        EnvFile file = new EnvFile(directory.resolve("stasis.env"));

        assertThatThrownBy(() -> file.write("test", Map.of("STASIS_REGION", "a b; rm -rf /")))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("STASIS_REGION");
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void qemuMayPassThroughToTheDisksAndNobodyMayReadTheSecrets() throws Exception {
        Home home = new Home(directory.resolve("home"));

        home.create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.compute())))
                .isEqualTo("rwx--x--x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.etc())))
                .isEqualTo("rwx------");
    }

    @Test
    void aWayThatWasClosedBeforehandIsOpened() throws Exception {
        Home home = new Home(directory.resolve("home"));
        Files.createDirectory(
                home.root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        home.create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.root())))
                .isEqualTo("rwx-----x");
    }

    @Test
    void aBarrierAboveTheHomeIsNamed() throws Exception {
        Path closed = directory.resolve("closed");
        Files.createDirectory(
                closed, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        assertThat(new Home(closed.resolve("home")).barrier()).contains(closed);
    }
}
