package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.PortName;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/// The network of a cloud on one machine: a bridge that leads nowhere, so that guests reach each other and nothing
/// else. It is there as long as the cloud runs, and longer if guests that were kept are plugged into it.
///
/// `STASIS_NETWORKS`: what an operator says instead, as `name:id:cidr:bridge`; `none` for no network. Who may not
/// make bridges has a cloud without networks.
public final class Bridge {
    private static final String SETTING = "STASIS_NETWORKS";
    private static final String CIDR = "10.77.0.0/24";
    private static final Path DEVICES = Path.of("/sys/class/net");
    /// Of the rights of a process, as bits.
    private static final int NET_ADMIN = 12;

    private static final int HEX = 16;

    private final Settings settings;
    private final PrintStream out;

    public Bridge(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /// What gateway and agent are told.
    String networks() {
        String said = settings.text(SETTING, "");
        if (said.equals("none")) {
            return "";
        }
        if (!said.isEmpty()) {
            return said;
        }
        UUID id = UUID.nameUUIDFromBytes(settings.home().root().toString().getBytes(StandardCharsets.UTF_8));
        return exists() || mayMake() ? "private:" + id + ":" + CIDR + ":" + name() : "";
    }

    /// Each cloud of the machine has its own.
    private String name() {
        return "stasis" + settings.port(PortName.GATEWAY).number();
    }

    private boolean isOurs() {
        return settings.text(SETTING, "").isEmpty();
    }

    private boolean exists() {
        return Files.exists(DEVICES.resolve(name()));
    }

    private static boolean mayMake() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring(line.indexOf('\t') + 1).strip(), HEX))
                    .anyMatch(rights -> (rights >>> NET_ADMIN & 1) == 1);
        } catch (IOException e) {
            return false;
        }
    }

    /// Sees to it that the bridge is there, if it is ours to make.
    void make() {
        if (!isOurs() || exists() || !mayMake()) {
            return;
        }
        boolean made = run("ip", "link", "add", name(), "type", "bridge");
        quietIpv6();
        if (!made || !run("ip", "link", "set", name(), "up")) {
            out.printf("%-16s no bridge could be made: servers get no network interfaces%n", "networks");
        }
    }

    /// The machine itself has no address there.
    private void quietIpv6() {
        Path setting = Path.of("/proc/sys/net/ipv6/conf", name(), "disable_ipv6");
        try {
            if (Files.exists(setting)) {
                Files.writeString(setting, "1");
            }
        } catch (IOException e) {
            out.printf("%-16s the bridge keeps a link-local address: %s%n", "networks", e);
        }
    }

    /// Stays if guests are plugged into it.
    public void remove() {
        if (isOurs() && exists() && !isUsed()) {
            run("ip", "link", "delete", name());
        }
    }

    private boolean isUsed() {
        try (Stream<Path> plugged = Files.list(DEVICES.resolve(name()).resolve("brif"))) {
            return plugged.findAny().isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
