package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.Mebibytes;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How a JVM of this cloud is called: small heap, the collector with the smallest footprint, native code
/// allowed.
record JavaCommand(Settings settings, PartName name, Mebibytes heap) {
    private static final String MORE_OPTIONS = "STASIS_JAVA_OPTIONS";

    /// `STASIS_HEAP_API_GATEWAY_MIB` and `STASIS_JAVA_OPTIONS_API_GATEWAY` go before what we would choose.
    List<String> of(List<String> options, List<String> program) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx"
                        + settings.memory("STASIS_HEAP_" + name.name() + "_MIB", heap)
                                .suffixed(),
                // JNA and zstd load native code, Kafka and Netty use Unsafe: JDK 25 warns about both unless told.
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(options);
        command.addAll(settings.words(MORE_OPTIONS));
        command.addAll(settings.words(MORE_OPTIONS + "_" + name.name()));
        command.addAll(program);
        return command;
    }
}
