package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Servers that run the demo guest, and a look inside them that does not go through the code under test: the
/// console of the guest and libvirt's channel to its agent.
final class DemoServers {
    static final Duration BOOT = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OneMachineCloud cloud;
    private final List<String> virsh;

    private DemoServers(OneMachineCloud cloud, List<String> virsh) {
        this.cloud = cloud;
        this.virsh = List.copyOf(virsh);
    }

    /// The same servers, looked into by another libvirt.
    DemoServers by(SecondLibvirt libvirt) {
        return new DemoServers(cloud, List.of("virsh", "-c", libvirt.uri()));
    }

    private Shell.Result virsh(String... arguments) {
        List<String> command = new ArrayList<>(virsh);
        command.addAll(List.of(arguments));
        return cloud.host(command.toArray(String[]::new));
    }

    /// Uploads the demo guest's images unless they are there.
    static DemoServers on(OneMachineCloud cloud) {
        DemoServers servers = new DemoServers(cloud, List.of("virsh"));
        servers.upload();
        return servers;
    }

    private void upload() {
        if (imageExists("demo")) {
            return;
        }
        Path guest = cloud.home().resolve("guest");
        cloud.dev("guest").succeeded();
        String kernel = create("demo-kernel", "aki", guest.resolve("stasis-demo-vmlinuz"), List.of());
        String ramdisk = create("demo-initrd", "ari", guest.resolve("stasis-demo-initrd"), List.of());
        create(
                "demo",
                "qcow2",
                guest.resolve("stasis-demo-root.qcow2"),
                List.of("--property", "kernel_id=" + kernel, "--property", "ramdisk_id=" + ramdisk));
    }

    /// Uploads an image of the demo guest that no server stands on: the same on a larger disk.
    void uploadLarger(String name, int mebibytes) {
        Path guest = cloud.home().resolve("guest");
        Path larger = guest.resolve(name + ".qcow2");
        cloud.host("cp", guest.resolve("stasis-demo-root.qcow2").toString(), larger.toString())
                .succeeded();
        cloud.host("qemu-img", "resize", "-q", larger.toString(), mebibytes + "M")
                .succeeded();
        create(name, "qcow2", larger, kernel());
    }

    /// What an image of the demo guest is told at its creation: the kernel that it boots with.
    List<String> kernel() {
        JsonNode properties = cloud.openstackJson("image", "show", "demo").required("properties");
        return List.of(
                "--property",
                "kernel_id=" + properties.required("kernel_id").asText(),
                "--property",
                "ramdisk_id=" + properties.required("ramdisk_id").asText());
    }

    private String create(String name, String format, Path file, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "image",
                "create",
                name,
                "--disk-format",
                format,
                "--container-format",
                format.equals("qcow2") ? "bare" : format,
                "--file",
                file.toString()));
        arguments.addAll(more);
        return cloud.openstackJson(arguments.toArray(String[]::new))
                .required("id")
                .asText();
    }

    boolean imageExists(String name) {
        for (JsonNode image : cloud.openstackJson("image", "list", "--name", name)) {
            if (image.required("Name").asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /// Boots from `image` with a blank data volume of 1 GiB and waits until the probe counts.
    String boot(String name, String image) {
        String id = launch(name, image);
        awaitReady(id);
        return id;
    }

    /// The same without waiting for what goes on inside.
    String launch(String name, String image) {
        cloud.nova(
                        "boot",
                        "--image",
                        image,
                        "--flavor",
                        "demo.tiny",
                        "--nic",
                        "none",
                        "--block-device",
                        "source=blank,dest=volume,size=1,bootindex=-1,shutdown=remove",
                        name)
                .succeeded();
        return status(name, "ACTIVE").required("id").asText();
    }

    JsonNode status(String server, String wanted) {
        return Await.until(server + " becomes " + wanted, BOOT, () -> show(server), shown -> {
            String status = shown.required("status").asText();
            assertThat(wanted.equals("ERROR") ? "" : status).as("%s", shown).isNotEqualTo("ERROR");
            return status.equals(wanted)
                    && shown.required("OS-EXT-STS:task_state").isNull();
        });
    }

    /// Not by a client, each of which takes a second to start.
    ///
    /// @param server name or id
    private JsonNode show(String server) {
        JsonNode named =
                cloud.compute("servers/detail?name=%5E" + server + "%24").at("/servers/0");
        return named.isMissingNode() ? cloud.compute("servers/" + server).required("server") : named;
    }

    void awaitReady(String server) {
        String console = "servers/" + show(server).required("id").asText() + "/action";
        Await.until(
                server + " is ready",
                BOOT,
                () -> cloud.compute(console, "{\"os-getConsoleOutput\": {}}")
                        .required("output")
                        .asText(),
                log -> log.contains("stasis-demo: ready"));
    }

    /// Of one that was started again, whose console has told before that it is ready.
    void awaitAgent(String server) {
        Await.until(
                "the guest agent of " + server,
                BOOT,
                () -> virsh("qemu-agent-command", domain(server), "{\"execute\":\"guest-ping\"}"),
                answer -> answer.exit() == 0);
    }

    /// What the consistency probe says at this moment.
    Map<String, String> probe(String server) {
        Map<String, String> state = new HashMap<>();
        guest(server, "cat", "/run/probe.state").lines().forEach(line -> {
            String[] pair = line.split("=", 2);
            state.put(pair[0], pair.length > 1 ? pair[1] : "");
        });
        assertThat(state.get("failures"))
                .as("the probe of %s: %s", server, state)
                .isEqualTo("0");
        return state;
    }

    long counter(String server) {
        return Long.parseLong(probe(server).get("counter"));
    }

    /// Waits until the guest has gone on, and is not frozen: the probe writes to both disks at each step.
    void awaitRunningOn(String server) {
        long seen = counter(server);
        Await.until(server + " goes on", BOOT, () -> counter(server), now -> now > seen + 3);
        assertThat(virsh("qemu-agent-command", domain(server), "{\"execute\":\"guest-fsfreeze-status\"}")
                        .succeeded()
                        .out())
                .contains("thawed");
    }

    /// Runs a program in the guest and gives its output.
    String guest(String server, String program, String... arguments) {
        try {
            var exec = JSON.createObjectNode().put("execute", "guest-exec");
            var call = exec.putObject("arguments").put("path", program).put("capture-output", true);
            List.of(arguments).forEach(call.withArray("arg")::add);
            String domain = domain(server);
            JsonNode begun = agent(domain, exec.toString());
            String question = "{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":"
                    + begun.required("pid").asLong() + "}}";
            JsonNode ended = Await.until(
                    program + " in the guest ends", BOOT, () -> agent(domain, question), status -> status.required(
                                    "exited")
                            .asBoolean());
            assertThat(ended.path("exitcode").asInt(-1))
                    .as("%s: %s", program, ended)
                    .isZero();
            return new String(Base64.getDecoder().decode(ended.path("out-data").asText("")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AssertionError("the guest agent said something strange", e);
        }
    }

    private JsonNode agent(String domain, String command) {
        try {
            // A guest that was just put back is connected to its agent's channel again a moment later, and one that
            // was started again has to boot first: what its console said before tells nothing of that.
            Shell.Result answer = Await.until(
                    "the guest agent of " + domain + " answers",
                    BOOT,
                    () -> virsh("qemu-agent-command", "--timeout", "20", domain, command),
                    result -> result.exit() == 0);
            return JSON.readTree(answer.out()).required("return");
        } catch (IOException e) {
            throw new AssertionError("the guest agent did not answer JSON", e);
        }
    }

    static String domain(String server) {
        return "stasis-" + server;
    }

    void delete(String... servers) {
        for (String server : servers) {
            cloud.openstack("server", "delete", "--wait", server).succeeded();
        }
    }
}
