package cloud.stasis.compute;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// Runs commands inside a guest through its agent, with a connection to libvirt that the code under test knows nothing
/// of.
final class GuestShell {
    private static final JsonMapper JSON = new JsonMapper();

    /// Of a guest that is translated, on a machine that has much else to do.
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /// What looking takes the guest has not.
    private static final Duration FIRST_LOOK = Duration.ofMillis(30);

    private static final Duration LONGEST_APART = Duration.ofMillis(300);

    private static final int ANSWER_SECONDS = 30;

    /// Of a ping, which an agent that lives answers at once: some tests wait for one that is silent for a while.
    private static final int PING_SECONDS = 5;

    private static @Nullable Connect connection;

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
        return silence(instance).isEmpty();
    }

    /// Why the agent of a guest does not answer, or nothing if it does.
    static Optional<String> silence(InstanceId instance) {
        try {
            said(instance, "{\"execute\":\"guest-ping\"}", PING_SECONDS);
            return Optional.empty();
        } catch (LibvirtException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// @throws StasisException if libvirt does not ask the agent at this moment, as that of a guest which is paused
    private static JsonNode ask(InstanceId instance, Map<String, Object> command) {
        try {
            return JSON.readTree(said(instance, JSON.writeValueAsString(command), ANSWER_SECONDS))
                    .path("return");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the guest agent does not answer in JSON to " + command, e);
        } catch (LibvirtException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE, "the guest agent was not asked for " + command, e);
        }
    }

    private static String said(InstanceId instance, String command, int seconds) throws LibvirtException {
        Domain domain = libvirt().domainLookupByUUID(instance.value());
        try {
            return domain.qemuAgentCommand(command, seconds, 0);
        } finally {
            domain.free();
        }
    }

    private static synchronized Connect libvirt() throws LibvirtException {
        if (connection == null || !connection.isAlive()) {
            connection = new Connect(RealHost.LIBVIRT.toString());
        }
        return connection;
    }
}
