package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a tenant may get wrong, or try, through the real clients. The doors' own tests have the finer points.
class BadInputIT {
    private static OneMachineCloud cloud;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        cloud = OneMachineCloud.running();
        DemoServers.on(cloud);
    }

    @Test
    void unknownIdsAreNotFound() {
        String nobody = UUID.randomUUID().toString();
        assertThat(cloud.openstack("server", "show", nobody).failed().err()).contains("No server");
        assertThat(cloud.nova("show", nobody).failed().err()).contains("No server");
        assertThat(cloud.openstack("image", "show", nobody).failed().err()).contains("No Image found");
        assertThat(cloud.stasis("snapshot-show", nobody).failed().err()).contains(nobody);
    }

    @Test
    void anImageThatNamesABackingFileIsRefused() throws IOException {
        Path secret = Files.write(directory.resolve("secret"), new byte[65536]);
        Path hostile = directory.resolve("hostile.qcow2");
        cloud.host("qemu-img", "create", "-q", "-f", "qcow2", "-b", secret.toString(), "-F", "raw", hostile.toString())
                .succeeded();

        cloud.openstack("image", "create", "hostile", "--disk-format", "qcow2", "--file", hostile.toString())
                .failed();

        cloud.openstack("image", "delete", "hostile");
        assertThat(cloud.host("sh", "-c", "ls " + cloud.home() + "/store/references/image | wc -l")
                        .succeeded()
                        .out())
                .isNotBlank();
    }

    @Test
    void anImageThatNamesADataFileIsRefused() {
        Path hostile = directory.resolve("data-file.qcow2");
        cloud.host(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-o",
                        "data_file=" + directory.resolve("outside") + ",data_file_raw=on",
                        hostile.toString(),
                        "1M")
                .succeeded();

        cloud.openstack("image", "create", "hostile-data", "--disk-format", "qcow2", "--file", hostile.toString())
                .failed();

        cloud.openstack("image", "delete", "hostile-data");
    }

    @Test
    void aServerFromAnImageThatIsNoDiskIsRefused() {
        assertThat(cloud.nova("boot", "--image", "demo-kernel", "--flavor", "demo.tiny", "--nic", "none", "no-disk")
                        .failed()
                        .err())
                .contains("HTTP 400");
    }
}
