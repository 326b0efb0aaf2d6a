package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StoreId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    /// A store has a bundle that the gateway may not know: it was asked what it has, or the bundle came from
    /// another site.
    ///
    /// @param key that of the command which asked, else that of the bundle
    /// @param fileSize the bytes that a download of it gives; zero if it has no downloadable form
    /// @param assigned the project that it shall belong to, and to nobody else; what the manifest says of its owner
    /// and of who may see it is believed if there is none
    record BundleFound(
            String key,
            ReferenceName reference,
            ManifestId id,
            Manifest manifest,
            ByteCount fileSize,
            Optional<ProjectId> assigned)
            implements Fact {}

    /// What bundles take up, of which that has changed since it was told last, or may have.
    ///
    record StoreMeasured(StoreId store, List<BundleSize> bundles, List<ProjectSize> projects) implements Fact {
        /// Bundles and projects in one fact.
        public static final int MOST = 500;

        public StoreMeasured {
            bundles = List.copyOf(bundles);
            projects = List.copyOf(projects);
        }

        @Override
        public String key() {
            return "meter-" + store;
        }
    }
}
