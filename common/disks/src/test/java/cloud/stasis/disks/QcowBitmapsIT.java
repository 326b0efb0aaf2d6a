package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QcowBitmapsIT {
    @TempDir
    Path directory;

    @Test
    void bitmapsAreFoundAndRemoved() {
        Path layer = directory.resolve("layer.qcow2");
        qemuImg("create", "-q", "-f", "qcow2", layer.toString(), "64M");
        assertThat(QcowBitmaps.names(layer)).isEmpty();
        assertThat(QcowBitmaps.isIntact(layer, "one")).isFalse();

        qemuImg("bitmap", "--add", "-f", "qcow2", layer.toString(), "one");
        qemuImg("bitmap", "--add", "-f", "qcow2", layer.toString(), "two");
        assertThat(QcowBitmaps.names(layer)).containsExactly("one", "two");
        assertThat(QcowBitmaps.isIntact(layer, "two")).isTrue();

        QcowBitmaps.remove(layer, "one");
        QcowBitmaps.remove(layer, "none");
        assertThat(QcowBitmaps.names(layer)).containsExactly("two");
        QcowBitmaps.remove(layer, "two");
        assertThat(QcowBitmaps.names(layer)).isEmpty();
    }

    @Test
    void whatIsNoLayerIsSaidToBeNone() throws IOException {
        Path other = Files.write(directory.resolve("other"), new byte[100]);

        assertThatThrownBy(() -> QcowBitmaps.names(other)).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> QcowBitmaps.names(directory.resolve("nothing")))
                .isInstanceOf(StasisException.class);
    }

    private static void qemuImg(String... arguments) {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        Program.run(Duration.ofSeconds(30), command);
    }
}
