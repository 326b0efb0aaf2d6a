package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Quiesce;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The same on a host that reads disks by copies of them.
class CopyKillPointsTest extends KillPoints {
    @Override
    SimulatedHypervisor machines() {
        return new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES, CaptureStrategy.COPY);
    }

    @Test
    void captureOfOneDisk() throws InterruptedException {
        everyMoment(new Capture(List.of(ROOT)));
    }

    @Test
    void captureOfSeveralDisks() throws InterruptedException {
        everyMoment(new Capture(List.of(ROOT, DATA)));
    }

    private record Capture(List<DeviceName> disks) implements Scenario {
        @Override
        public boolean isBesideAGuest() {
            return true;
        }

        @Override
        public void given(Before before) {
            write(before.host(), 7, 2);
        }

        @Override
        public ComputeCommand command(Before before) {
            return new ComputeCommand.CaptureDisks(ID, CAPTURE, disks, Quiesce.PREFER, GRANT);
        }

        @Override
        public void then(SimulatedHost host, CommandResult result) {
            CommandResult.Captured captured = (CommandResult.Captured) result;
            assertThat(captured.receipt().strategy()).isEqualTo("copy");
            assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(ID).read(ROOT, 0, size()));
            host.settle(ID, CAPTURE, Settlement.SEALED);
            assertCaptureIsExact(host);
        }
    }
}
