package cloud.stasis.compute;

import cloud.stasis.disks.Program;
import cloud.stasis.model.InstanceId;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Runs commands inside a guest through its agent, with `virsh` and not with the code under test.
final class GuestShell {
    private static final JsonMapper JSON = new JsonMapper();

    /// Of a guest that is translated, on a machine that has much else to do.
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /// Each look is a process, and what that takes the guest has not.
    private static final Duration FIRST_LOOK = Duration.ofMillis(30);

    private static final Duration LONGEST_APART = Duration.ofMillis(300);

    private GuestShell() {}

    static String run(InstanceId instance, String command) {
        long pid = ask(
                        instance,
                        Map.of(
                                "execute",
                                "guest-exec",
                                "arguments",
                                Map.of("path", "/bin/sh", "arg", List.of("-c", command), "capture-output", true)))
                .path("pid")
                .asLong();
        long end = System.nanoTime() + DEADLINE.toNanos();
        Duration apart = FIRST_LOOK;
        while (true) {
            JsonNode status = ask(instance, Map.of("execute", "guest-exec-status", "arguments", Map.of("pid", pid)));
            if (status.path("exited").asBoolean()) {
                String out = new String(
                        Base64.getDecoder().decode(status.path("out-data").asText("")), StandardCharsets.UTF_8);
                if (status.path("exitcode").asInt() != 0) {
                    throw new IllegalStateException("in the guest: " + command + " -> " + status + " " + out);
                }
                return out;
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the guest did not finish: " + command);
            }
            try {
                Thread.sleep(apart);
                apart = apart.compareTo(LONGEST_APART) < 0 ? apart.multipliedBy(2) : apart;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static boolean answers(InstanceId instance) {
        return Program.end(
                                Duration.ofSeconds(30),
                                List.of(
                                        "virsh",
                                        "-q",
                                        "-c",
                                        RealHost.LIBVIRT.toString(),
                                        "qemu-agent-command",
                                        instance.toString(),
                                        "{\"execute\":\"guest-ping\"}"))
                        .exit()
                == 0;
    }

    private static JsonNode ask(InstanceId instance, Map<String, Object> command) {
        try {
            String answer = Program.run(
                    Duration.ofSeconds(30),
                    List.of(
                            "virsh",
                            "-q",
                            "-c",
                            RealHost.LIBVIRT.toString(),
                            "qemu-agent-command",
                            instance.toString(),
                            JSON.writeValueAsString(command)));
            return JSON.readTree(answer).path("return");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
