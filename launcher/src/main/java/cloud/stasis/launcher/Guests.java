package cloud.stasis.launcher;

import cloud.stasis.launcher.process.Waiting;
import cloud.stasis.launcher.settings.Home;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The running guests whose disks lie in this home. They have to be off before the libvirt under them goes.
final class Guests {
    /// A guest that has not heard the power button by then is switched off, as a machine room would.
    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(40);

    private final Home home;
    private final String uri;
    private final PrintStream out;

    Guests(Home home, String uri, PrintStream out) {
        this.home = home;
        this.uri = uri;
        this.out = out;
    }

    /// Presses the power button of each, waits, then switches off what is left.
    void powerOff() {
        List<String> ours = running();
        if (ours.isEmpty()) {
            return;
        }
        out.printf("%-16s pressing the power button of %d%n", "guests", ours.size());
        ours.forEach(guest -> virsh("shutdown", guest));
        Waiting.until(GRACE, POLL, () -> running().isEmpty());
        for (String guest : running()) {
            out.printf("%-16s %s did not stop within %d s: switched off%n", "guests", guest, GRACE.toSeconds());
            virsh("destroy", guest);
        }
    }

    private List<String> running() {
        return virsh("list", "--name")
                .lines()
                .map(String::strip)
                .filter(guest -> !guest.isEmpty() && usesHome(guest))
                .toList();
    }

    private boolean usesHome(String guest) {
        String devices = virsh("domblklist", guest);
        return devices.contains(" " + home.compute() + "/") || devices.contains(" " + home.volumes() + "/");
    }

    /// Standard output; empty when the call fails, for instance because libvirt is gone: then there is nothing
    /// to do.
    private String virsh(String... arguments) {
        List<String> command = new ArrayList<>(List.of("virsh", "-q", "-c", uri));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(CALL_DEADLINE)) {
                process.destroyForcibly();
                return "";
            }
            return process.exitValue() == 0 ? said : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
