package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.OtherWork;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import java.util.List;
import java.util.Optional;

/// What is done for the protection of a server. A host carries out what concerns one server in turn, and a first
/// epoch takes its time.
public record ProtectionWork(ProtectionRows rows) implements OtherWork {
    @Override
    public List<SagaId> on(InstanceId server) {
        return rows.of(server).stream()
                .map(Protection::state)
                .filter(state -> !state.isOver())
                .map(ProtectionState::worker)
                .flatMap(Optional::stream)
                .toList();
    }
}
