package cloud.stasis.machine;

import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.Cpu;
import java.util.Optional;
import java.util.UUID;

/// What else is on the board of a machine.
///
/// @param generation by which a guest learns that it was put back, or copied: it is another one then. Machines of
/// earlier releases have none
/// @param cpu what the guest saw when its memory was saved; of a machine that boots the host decides
public record Platform(Optional<Tpm> tpm, Optional<Generation> generation, ClockBasis clock, Optional<Cpu> cpu) {

    /// A Virtual Machine Generation ID, as Microsoft laid it down and Linux and Windows read it: the same over reboots,
    /// pauses and moves, another one whenever the machine goes on from what it was.
    public record Generation(UUID id) {
        static Generation fresh() {
            return new Generation(UUID.randomUUID());
        }
    }

    static Platform of(InstanceSpec spec) {
        return new Platform(
                spec.tpm().map(Tpm::fresh),
                Optional.of(Generation.fresh()),
                spec.clock().orElse(ClockBasis.UTC),
                Optional.empty());
    }

    /// Another machine has a TPM of its own, and so not what the other one sealed in its; every copy is another
    /// generation, unless it is to be the same in all things.
    Platform clonedAs(Identity identity) {
        return switch (identity) {
            case KEEP -> this;
            case ISOLATE -> anotherGeneration();
            case REGENERATE -> anotherGeneration().withTpm(tpm.map(Tpm::anew));
        };
    }

    /// Of a machine that goes on from what it was.
    public Platform anotherGeneration() {
        return new Platform(tpm, generation.map(former -> Generation.fresh()), clock, cpu);
    }

    public Platform withTpm(Optional<Tpm> other) {
        return new Platform(other, generation, clock, cpu);
    }

    public Platform withGeneration(Optional<Generation> other) {
        return new Platform(tpm, other, clock, cpu);
    }

    public Platform withCpu(Optional<Cpu> other) {
        return new Platform(tpm, generation, clock, other);
    }
}
