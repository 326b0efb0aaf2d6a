package cloud.stasis.image.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The real qemu-img and qemu-io, against which our own reader and writer are held.
public final class QemuImg {
    private QemuImg() {}

    public static void convert(Path from, Path to, String format, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("qemu-img", "convert", "-O", format));
        command.addAll(List.of(options));
        command.addAll(List.of(from.toString(), to.toString()));
        run(command);
    }

    public static String run(String... command) throws Exception {
        return run(List.of(command));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command + "\n" + output).isZero();
        return output;
    }
}
