package cloud.stasis.launcher.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvmDeviceTest {
    @TempDir
    Path directory;

    @Test
    void whatRootAloneMayOpenIsGivenToItsGroup() throws IOException {
        PosixFileAttributes opened = opened("rw-------");
        assertThat(PosixFilePermissions.toString(opened.permissions())).isEqualTo("rw-rw----");
        assertThat(opened.group().getName()).isEqualTo("kvm");
    }

    @Test
    void whatSomebodyElseHasGivenAwayStaysAsItIs() throws IOException {
        PosixFileAttributes opened = opened("rw-rw-rw-");
        assertThat(PosixFilePermissions.toString(opened.permissions())).isEqualTo("rw-rw-rw-");
        assertThat(opened.group().getName()).isNotEqualTo("kvm");
    }

    @Test
    void aMachineWithoutTheDeviceHasNothingToOpen() {
        Path none = directory.resolve("none");
        new KvmDevice(none).openToItsGroup();
        assertThat(none).doesNotExist();
    }

    private PosixFileAttributes opened(String rights) throws IOException {
        Path device = Files.createFile(directory.resolve("kvm"));
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString(rights));
        new KvmDevice(device).openToItsGroup();
        return Files.readAttributes(device, PosixFileAttributes.class);
    }
}
