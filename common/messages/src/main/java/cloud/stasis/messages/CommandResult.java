package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Receipt;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a command that succeeded brought.
public sealed interface CommandResult {
    /// Done, and there is nothing to tell.
    record Completed() implements CommandResult {}

    /// The state that the instance is in now.
    record Observed(PowerState state) implements CommandResult {}

    /// The volume is there.
    ///
    /// @param size in whole GiB
    record Adopted(ByteCount size) implements CommandResult {}

    /// Everything of the instant is in the store. The parts are not visible before they are sealed.
    record Captured(Instant takenAt, List<Part> parts, Receipt receipt) implements CommandResult {
        public Captured {
            parts = List.copyOf(parts);
        }
    }

    /// Instances of this host were cut at one instant and go on.
    ///
    /// @param instants in the order of the command
    /// @param skew between the first and the last of them
    record CutTogether(List<MemberInstant> instants, Duration skew) implements CommandResult {
        public CutTogether {
            instants = List.copyOf(instants);
        }
    }

    /// @param at when it stood still, by its host's clock
    record MemberInstant(InstanceId instance, Instant at, Receipt receipt) {}

    /// How a host differs from what the tables say.
    ///
    /// @param more how many findings were left out
    record Examined(List<Finding> findings, int more) implements CommandResult {
        public static final int MAX_FINDINGS = 500;

        public Examined {
            findings = List.copyOf(findings);
        }
    }

    /// One difference, in words that may be shown to an operator.
    ///
    /// @param subject as `instance 5f0c...`
    /// @param plan what mends it
    record Finding(String subject, String difference, String plan, Cure cure, Outcome outcome) {}

    enum Cure {
        /// By whoever asks for it: nothing can be lost.
        SAFE,
        BY_HAND
    }

    enum Outcome {
        FOUND,
        MENDED,
        FAILED
    }

    /// The bundle is whole, durable and visible.
    ///
    /// @param fileSize the bytes that a download of it gives; zero if it has no downloadable form
    record Sealed(ManifestId manifest, ByteCount fileSize) implements CommandResult {}

    /// The file came whole, and is a visible bundle.
    ///
    /// @param size of the file
    /// @param virtualSize of the disk in it, as a guest sees it
    record Imported(ByteCount size, ByteCount virtualSize, String md5, String sha512, List<Part> parts)
            implements CommandResult {
        public Imported {
            parts = List.copyOf(parts);
        }
    }

    /// What the archive of a machine says, which whoever uploaded it may have written. Its parts are in the store.
    ///
    /// @param machine of its device archive; its disks, kernels and networks are as it had them where it was
    record Opened(Manifest manifest, ComputeCommand.InstanceSpec machine) implements CommandResult {}

    /// The bundles are on both sides.
    ///
    /// @param bundles how many were copied
    /// @param present how many were there already
    /// @param blobs how many travelled
    /// @param travelled their bytes as they were sent
    /// @param absent what the bundles name and neither side has, in words; some of it, if it is much
    record Copied(int bundles, int present, long blobs, ByteCount travelled, List<String> absent)
            implements CommandResult {
        public Copied {
            absent = List.copyOf(absent);
        }
    }

    /// Checksums of the downloadable form, lower-case hexadecimal.
    record Digested(ByteCount fileSize, String md5, String sha512) implements CommandResult {}

    /// There is room for a standby.
    ///
    /// @param url where its epochs are sent
    /// @param secret that has to come with each of them; never logged
    record StandbyReady(URI url, String secret) implements CommandResult {
        @Override
        public String toString() {
            return "StandbyReady[url=" + url + "]";
        }
    }

    /// The instance is off, and its standby is what it was at that moment.
    ///
    /// @param epoch the last one
    record HandedOver(long epoch) implements CommandResult {}

    /// The standby is the instance now.
    ///
    /// @param epoch that it goes on from
    /// @param at the instant of that epoch, by the clock of its source
    record TookOver(long epoch, Instant at, PowerState state) implements CommandResult {}
}
