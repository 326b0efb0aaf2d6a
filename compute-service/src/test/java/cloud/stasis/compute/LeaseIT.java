package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.watchdog.ShellLease;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the process beside the agent does to a real guest. Whether that has come up is nobody's business.
class LeaseIT {
    private RealHost host;
    private InstanceId id;
    private Path token;
    private Path marker;
    private Process lease;

    @BeforeEach
    void begin() throws IOException {
        host = new RealHost();
        id = InstanceId.random();
        host.handle(new ComputeCommand.BootInstance(
                id, RealHost.spec(DemoGuest.in(host.store), List.of()), RealHost.GRANT));
        token = Files.createFile(host.directory().resolve("lease"));
        marker = host.directory().resolve("leased");
        try (InputStream script = ShellLease.class.getResourceAsStream("lease.sh")) {
            lease = new ProcessBuilder(
                            "bash",
                            "-c",
                            new String(script.readAllBytes(), StandardCharsets.UTF_8),
                            "lease",
                            token.toString(),
                            "4",
                            RealHost.LIBVIRT.toString(),
                            id.toString(),
                            marker.toString())
                    .start();
        }
    }

    @AfterEach
    void end() {
        lease.destroy();
        host.close();
    }

    @Test
    void guestOfAnAgentThatDiesInAPauseGoesOnAndIsPausedWhenItsLeaseIsOver() throws IOException {
        tell("pause");
        host.host().hypervisor().domains().pause(id);

        lease.getOutputStream().close();

        awaitState(PowerState.RUNNING);
        awaitState(PowerState.PAUSED);
        assertThat(marker).exists();
    }

    @Test
    void guestWhoseLeaseIsVoidIsLeftAlone() throws Exception {
        Files.delete(token);

        assertThat(lease.waitFor()).isZero();

        assertThat(state()).isEqualTo(PowerState.RUNNING);
        assertThat(marker).doesNotExist();
    }

    @Test
    void guestThatItsOwnerPausedIsNotMarked() throws Exception {
        host.host().hypervisor().domains().pause(id);

        lease.getOutputStream().close();

        lease.waitFor();
        assertThat(marker).doesNotExist();
    }

    private void tell(String line) throws IOException {
        OutputStream out = lease.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void awaitState(PowerState state) {
        RealHost.await("the guest is " + state, () -> state() == state);
    }

    private PowerState state() {
        return host.host().hypervisor().domains().find(id).map(Domain::state).orElseThrow();
    }
}
