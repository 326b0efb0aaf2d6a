package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Applications in a real guest that are told of a freeze by the hooks of its agent.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreezeHooksIT {
    private static final String HOOK = "/etc/qemu/fsfreeze-hook.d/application";
    private static final DeviceName ROOT = DeviceName.virtio(0);

    @TempDir
    private Path directory;

    private RealHost host;
    private InstanceId id;

    @BeforeAll
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
        host.awaitAgent(id);
    }

    @AfterAll
    void close() {
        host.close();
    }

    @Test
    void applicationHasWrittenBeforeTheInstantAndIsToldWhenItIsOver() {
        hook("echo $1 >> /root/told");

        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
        assertThat(host.inGuest(id, "cat /root/told").lines()).containsExactly("freeze", "thaw");
        String then = host.inGuest(id, "head -n 1 /root/told | sha256sum").split(" ")[0];
        assertThat(CapturedDisk.of(captured, ROOT, host.store, directory).sha256("/root/told", directory))
                .isEqualTo(then);
    }

    @Test
    void applicationThatFailsKeepsTheGuestFromBeingFrozen() {
        hook("[ $1 = thaw ]");

        assertThatThrownBy(() -> capture(Quiesce.REQUIRE))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.QUIESCE_REQUIRED))
                .hasMessageContaining("hook");
        CommandResult.Captured captured = capture(Quiesce.PREFER);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertThat(captured.receipt().guestAgent()).contains("refused to freeze");
        host.inGuest(id, "touch /root/not-frozen && sync");
    }

    @Test
    void applicationThatHangsIsNotWaitedForLongerThanAFreezeMayTake() {
        hook("[ $1 = thaw ] || sleep 15");

        CommandResult.Captured captured = capture(Quiesce.PREFER);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        RealHost.await("the guest writes again", () -> GuestShell.answers(id));
        host.inGuest(id, "touch /root/thawed && sync");
    }

    private void hook(String line) {
        host.inGuest(id, "printf '#!/bin/sh\\n%s\\n' '" + line + "' > " + HOOK + " && chmod 755 " + HOOK);
    }

    private CommandResult.Captured capture(Quiesce quiesce) {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), quiesce, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));
        return captured;
    }
}
