package cloud.stasis.compute.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDiskIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536, 200_001, 3 << 20})
    void qemuFindsNothingWrongWithItAndSeesTheState(int length) throws IOException {
        Path disk = directory.resolve("state.qcow2");

        StateDisk.write(disk, ByteBuffer.allocate(length));

        assertThat(Program.end(DEADLINE, List.of("qemu-img", "check", "-f", "qcow2", disk.toString()))
                        .exit())
                .isZero();
        assertThat(Program.run(DEADLINE, List.of("qemu-img", "info", "--output=json", disk.toString())))
                .contains("\"name\": \"state\"", "\"vm-state-size\": " + length);
    }
}
