package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.GoesWithServer;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.model.InstanceId;
import java.util.ArrayList;
import java.util.List;

/// The standby of a server goes with it.
public final class EndOfProtection implements GoesWithServer {
    private final ProtectionRows rows;
    private final ClearHost clearHost;

    public EndOfProtection(ProtectionRows rows, ClearHost clearHost) {
        this.rows = rows;
        this.clearHost = clearHost;
    }

    @Override
    public List<Start<?>> after(InstanceId gone) {
        List<Start<?>> clearings = new ArrayList<>();
        for (Protection protection : rows.of(gone)) {
            if (!protection.state().isOver()) {
                rows.remove(protection.id());
                // It may have been taken over when the deletion began.
                clearings.add(new Start<>(
                        clearHost,
                        new ClearHost.Data(
                                protection.standby(), gone, protection.id(), ClearHost.Remains.REPLICA_OR_MACHINE)));
            }
        }
        return clearings;
    }
}
