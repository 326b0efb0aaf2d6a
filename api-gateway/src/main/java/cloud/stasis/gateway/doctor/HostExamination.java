package cloud.stasis.gateway.doctor;

import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.model.HostId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Optional;

/// The last examination of a host.
///
/// @param worker the saga that is at it
/// @param examined what was found; empty until it is over, and if it failed
/// @param error why it failed
public record HostExamination(
        HostId host,
        Optional<SagaId> worker,
        Mending mending,
        Instant begunAt,
        Optional<Instant> endedAt,
        Optional<Examined> examined,
        Optional<String> error) {
    static HostExamination begun(HostId host, SagaId saga, Mending mending, Instant now) {
        return new HostExamination(
                host, Optional.of(saga), mending, now, Optional.empty(), Optional.empty(), Optional.empty());
    }

    HostExamination found(Examined what, Instant now) {
        return new HostExamination(
                host, Optional.empty(), mending, begunAt, Optional.of(now), Optional.of(what), Optional.empty());
    }

    HostExamination failed(String why, Instant now) {
        return new HostExamination(
                host, Optional.empty(), mending, begunAt, Optional.of(now), Optional.empty(), Optional.of(why));
    }
}
