package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportRequest;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportedDisk;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// By a copy of what each disk writes to, as for hypervisors that keep no record of writes.
class CaptureByCopyIT extends DiskCaptureContract {
    @Override
    RealHost makeHost() {
        return RealHost.copying();
    }

    @Override
    void assertFirst(Receipt receipt, Receipt.Transfer root) {
        assertThat(receipt.strategy()).isEqualTo("copy");
        assertThat(receipt.paused()).isPositive();
        assertThat(root.shared()).isLessThan(ByteCount.ofMib(2));
    }

    @AfterEach
    void nothingIsLeft() {
        DiskHistory history = host.host().hypervisor().history();
        assertThat(history.isExporting(id)).isFalse();
        assertThat(HostLayout.list(host.instance(id).directory().path()))
                .noneMatch(file -> file.getFileName().toString().endsWith(".scratch"));
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
        assertThat(host.instance(id).lineage().pending()).isEmpty();
    }

    @Test
    @Order(2)
    void nextCaptureSendsWhatTheStoreLacks() {
        String expected = file("/root/second", 8);

        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        assertThat(transfer(captured, ROOT).sent()).isLessThan(ByteCount.ofMib(20));
        CapturedDisk root = disk(captured, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/second", directory)).isEqualTo(expected);
        assertHealthy();
    }

    @Test
    @Order(4)
    void copyOfAnAgentThatDiedIsEndedAndItsFilesGo() {
        DiskHistory history = host.host().hypervisor().history();
        ExportRequest request = new ExportRequest(
                CheckpointName.fresh(),
                List.of(new ExportedDisk(ROOT, Optional.empty()), new ExportedDisk(DATA, Optional.empty())),
                host.instance(id).directory().path());
        history.prepare(id, request, () -> {});
        assertThat(history.isExporting(id)).isTrue();

        host.agent.start();

        nothingIsLeft();
        assertThat(capture(Quiesce.REQUIRE).receipt().strategy()).isEqualTo("copy");
        assertHealthy();
    }

    @Test
    @Order(5)
    void copyThatIsCancelledLeavesNothing() {
        DiskHistory history = host.host().hypervisor().history();
        ExportRequest request = new ExportRequest(
                CheckpointName.fresh(),
                List.of(new ExportedDisk(DATA, Optional.empty())),
                host.instance(id).directory().path());

        assertThatThrownBy(() -> history.prepare(id, request, () -> {
                    throw new StasisException(ErrorCode.CANCELLED, "somebody asked for it");
                }))
                .isInstanceOf(StasisException.class);
    }
}
