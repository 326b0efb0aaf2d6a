package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QcowLayersIT extends LayerFilesContract {
    @Override
    LayerFiles files(Path directory) {
        return new QcowLayers(directory);
    }

    @Override
    void write(Path layer, long offset, byte[] bytes) {
        Program.run(
                Duration.ofSeconds(30),
                List.of(
                        "qemu-io",
                        "-f",
                        "qcow2",
                        "-c",
                        "write -P " + bytes[0] + " " + offset + " " + bytes.length,
                        layer.toString()));
    }

    @Test
    void layerThatIsWrittenIsNotRead() throws IOException, InterruptedException {
        files.create(first, SIZE, new Backing.Nothing());
        Process writer = new ProcessBuilder("qemu-io", "-f", "qcow2", first.toString()).start();
        try {
            writer.getOutputStream().write("read 0 512\n".getBytes());
            writer.getOutputStream().flush();
            // Its answer says that it has the file open.
            assertThat(writer.getInputStream().read()).isPositive();

            assertThat(files.isBeingWritten(first)).isTrue();
            assertThatThrownBy(() -> files.open(first))
                    .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                            .isEqualTo(ErrorCode.WRONG_STATE));
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    @Test
    void headerNamesTheFormatOfWhatIsBelow() {
        files.create(first, SIZE, new Backing.Nothing());
        files.create(second, SIZE, new Backing.Layer(first));

        String info =
                Program.run(Duration.ofSeconds(30), List.of("qemu-img", "info", "--output=json", second.toString()));

        assertThat(info).contains("\"backing-filename-format\": \"qcow2\"").contains("\"extended-l2\": true");
    }
}
