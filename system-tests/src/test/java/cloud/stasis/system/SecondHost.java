package cloud.stasis.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Another agent on the machine of the cloud, with a name, a directory and a port of its own: to the gateway
/// it is another host. It is started as the first one was.
final class SecondHost implements AutoCloseable {
    static final String NAME = "second-host";
    private static final Duration END = Duration.ofSeconds(60);

    private final OneMachineCloud cloud;
    private final Process process;

    private SecondHost(OneMachineCloud cloud, Process process) {
        this.cloud = cloud;
        this.process = process;
    }

    /// With the libvirt of the first one.
    static SecondHost beside(OneMachineCloud cloud) {
        return beside(cloud, List.of(), Map.of());
    }

    /// With a libvirt of its own, in whose namespace it looks for what that leaves beside its machines.
    static SecondHost beside(OneMachineCloud cloud, SecondLibvirt libvirt) {
        return beside(cloud, libvirt.inside(), Map.of("STASIS_LIBVIRT_URI", libvirt.uri()));
    }

    private static SecondHost beside(OneMachineCloud cloud, List<String> inside, Map<String, String> settings) {
        try {
            Path first = Path.of(
                    "/proc", Long.toString(cloud.process("compute-service").pid()));
            Path home = cloud.home().resolve(NAME);
            int port = freePort();
            List<String> command = new ArrayList<>(inside);
            command.addAll(words(first.resolve("cmdline")));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            cloud.home().resolve("log").resolve(NAME + ".log").toFile());
            Map<String, String> environment = new HashMap<>();
            words(first.resolve("environ")).forEach(line -> {
                String[] pair = line.split("=", 2);
                environment.put(pair[0], pair.length > 1 ? pair[1] : "");
            });
            environment.remove("STASIS_MEMORY_DIR");
            environment.put("STASIS_HOST_ID", NAME);
            environment.put("STASIS_COMPUTE_DIR", home.toString());
            environment.put("STASIS_VOLUME_DIR", home.resolve("volumes").toString());
            environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
            environment.put("STASIS_COMPUTE_URL", "http://127.0.0.1:" + port);
            environment.putAll(settings);
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new SecondHost(cloud, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> words(Path file) throws IOException {
        return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /// Takes it out of the fleet, as an operator does with a host that is no more: nobody's server comes to it, and
    /// nobody misses it.
    @Override
    public void close() {
        services("set", "--disable", "--down", NAME, "nova-compute").succeeded();
        end();
        for (JsonNode service : services("list", "--host", NAME, "-f", "json").json()) {
            services("delete", service.required("ID").asText()).succeeded();
        }
    }

    private Shell.Result services(String... arguments) {
        List<String> command = new ArrayList<>(List.of("--os-compute-api-version", "2.53", "compute", "service"));
        command.addAll(List.of(arguments));
        return cloud.openstack(command.toArray(String[]::new));
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
