package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.time.Instant;

/// Something that is so, told to the gateway. Keyed by the resource it is about, so that facts of one resource
/// arrive in order.
public sealed interface Fact extends Message {
    /// The topic key; the same as that of the command it answers.
    String key();

    /// An answer to a command.
    sealed interface Answer extends Fact {
        CommandId command();
    }

    /// The command is written down and will be carried out, whatever happens to the process.
    record CommandAccepted(String key, CommandId command) implements Answer {}

    /// It goes on. At most one a second for each command, besides one at each change of phase.
    record CommandProgressed(String key, CommandId command, Phase phase, ByteCount done, ByteCount total)
            implements Answer {}

    record CommandDone(String key, CommandId command, CommandResult result) implements Answer {}

    /// It failed for good, and what it had begun is undone.
    record CommandFailed(String key, CommandId command, ErrorReport error) implements Answer {}

    /// The state of an instance as its host sees it, told at each change and after each start of the agent.
    record InstanceObserved(HostId host, InstanceId instance, PowerState state, Instant at) implements Fact {
        @Override
        public String key() {
            return instance.toString();
        }
    }
}
