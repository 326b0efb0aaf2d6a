package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.snapshot.FirstVerdict;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.gateway.storage.StoredSize;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Receipt;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A snapshot as its tenant sees it.
///
/// @param status `queued` (the server is being captured for something else), `creating`, `available`, `reverting`,
/// `deleting` or `failed`
/// @param memory whether it holds memory; while it is taken: whether that was asked for
/// @param consistency what was asked for: `require`, `prefer` or `none`
/// @param size bytes of all parts together, as the guest sees them
/// @param stored what it takes up; null until it was measured
/// @param receipt what the capture did
/// @param firstVerdict what could be made of it when it had just been taken; not in lists
/// @param isProtected whether it may not be deleted
/// @param origin `taken`, `safety` (by a revert) or `imported` (with an archive)
/// @param image that it was imported with
/// @param beforeRevert of a safety snapshot: what the server was, as `running`
public record SnapshotView(
        String id,
        String name,
        String status,
        String server,
        boolean memory,
        String consistency,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String parent,
        long size,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable StoredView stored,
        List<PartView> parts,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable ReceiptView receipt,

        @JsonProperty("first_verdict") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        FirstVerdictView firstVerdict,

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String manifest,
        @JsonProperty("protected") boolean isProtected,

        @JsonProperty("before_revert") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        String beforeRevert,

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String instant,
        String origin,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String image,

        @JsonProperty("taken_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant takenAt,

        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt) {

    /// @param name the disk's target, or the kind
    public record PartView(String name, String kind, long size) {
        static PartView of(Part part) {
            String kind =
                    switch (part) {
                        case Part.Disk ignored -> "disk";
                        case Part.File ignored -> "file";
                        case Part.Memory ignored -> "memory";
                        case Part.DomainXml ignored -> "domain_xml";
                        case Part.DeviceArchive ignored -> "device_archive";
                    };
            String name = part instanceof Part.Disk disk ? disk.target().value() : kind;
            return new PartView(name, kind, part.content().size().bytes());
        }
    }

    /// @param reached `crash`, `file_system`, `memory` or `offline`
    public record ReceiptView(
            String strategy,
            String asked,
            String reached,
            @JsonProperty("frozen_ms") long frozenMs,
            @JsonProperty("paused_ms") long pausedMs,
            @JsonProperty("guest_agent") String guestAgent,
            String hypervisor,
            @JsonProperty("file_systems") List<FileSystemView> fileSystems,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            TogetherView together,

            List<TransferView> transfers) {
        static ReceiptView of(Receipt receipt, Audience audience) {
            return new ReceiptView(
                    receipt.strategy(),
                    receipt.asked().name().toLowerCase(Locale.ROOT),
                    receipt.reached().name().toLowerCase(Locale.ROOT),
                    receipt.frozen().toMillis(),
                    receipt.paused().toMillis(),
                    receipt.guestAgent(),
                    receipt.hypervisor(),
                    receipt.freeze()
                            .map(freeze -> freeze.fileSystems().stream()
                                    .map(FileSystemView::of)
                                    .toList())
                            .orElse(List.of()),
                    receipt.together().map(TogetherView::of).orElse(null),
                    receipt.transfers().stream()
                            .map(transfer -> TransferView.of(transfer, audience))
                            .toList());
        }
    }

    /// One that the guest agent froze.
    public record FileSystemView(
            String mountpoint,
            String type,
            @JsonProperty("frozen_ms") long frozenMs) {
        static FileSystemView of(Receipt.FrozenFileSystem frozen) {
            return new FileSystemView(
                    frozen.mountpoint(), frozen.type(), frozen.frozen().toMillis());
        }
    }

    /// Of which instant of several servers it is.
    ///
    /// @param skewUs microseconds between the first server that stood still and the last
    public record TogetherView(
            String instant,
            int servers,
            int hosts,
            @JsonProperty("skew_us") long skewUs) {
        static TogetherView of(Receipt.Together together) {
            return new TogetherView(
                    together.instant().toString(),
                    together.machines(),
                    together.hosts(),
                    together.skew().toNanos() / 1000);
        }
    }

    /// @param sent what travelled to the store, for administrators: it tells what others have there already
    /// @param shared what was there already; for administrators
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TransferView(
            String part,
            String mode,
            String reason,
            long read,
            @Nullable Long sent,
            @Nullable Long shared,
            @JsonProperty("took_ms") long tookMs) {
        static TransferView of(Receipt.Transfer transfer, Audience audience) {
            boolean isOperator = audience == Audience.OPERATOR;
            return new TransferView(
                    transfer.part(),
                    transfer.mode().name().toLowerCase(Locale.ROOT),
                    transfer.reason(),
                    transfer.read().bytes(),
                    isOperator ? transfer.sent().bytes() : null,
                    isOperator ? transfer.shared().bytes() : null,
                    transfer.took().toMillis());
        }
    }

    /// As a list shows it.
    static SnapshotView of(Snapshot snapshot, Optional<StoredSize> stored, Audience audience) {
        return of(snapshot, stored, Optional.empty(), audience);
    }

    static SnapshotView of(
            Snapshot snapshot, Optional<StoredSize> stored, Optional<FirstVerdict> verdict, Audience audience) {
        Optional<Manifest> manifest = snapshot.sealed().map(SealedBundle::manifest);
        return new SnapshotView(
                snapshot.id().toString(),
                snapshot.name(),
                snapshot.state().status(),
                snapshot.instance().toString(),
                manifest.map(bundle -> bundle.parts().stream().anyMatch(Part.Memory.class::isInstance))
                        .orElse(snapshot.asked().memory() == MemoryChoice.WITH_MEMORY),
                snapshot.asked().quiesce().name().toLowerCase(Locale.ROOT),
                snapshot.parent().map(Object::toString).orElse(null),
                manifest.map(bundle -> bundle.logicalSize().bytes()).orElse(0L),
                stored.map(StoredView::of).orElse(null),
                manifest.map(bundle -> bundle.parts().stream().map(PartView::of).toList())
                        .orElse(List.of()),
                manifest.flatMap(Manifest::receipt)
                        .map(receipt -> ReceiptView.of(receipt, audience))
                        .orElse(null),
                verdict.map(FirstVerdictView::of).orElse(null),
                snapshot.sealed().map(bundle -> bundle.id().toString()).orElse(null),
                snapshot.isProtected(),
                switch (snapshot.occasion()) {
                    case Snapshot.OnRequest _, Snapshot.OfInstant _, Snapshot.Imported _ -> null;
                    case Snapshot.BeforeRevert before -> before.power().name().toLowerCase(Locale.ROOT);
                },
                snapshot.instant().map(Object::toString).orElse(null),
                switch (snapshot.occasion()) {
                    case Snapshot.OnRequest _, Snapshot.OfInstant _ -> "taken";
                    case Snapshot.BeforeRevert _ -> "safety";
                    case Snapshot.Imported _ -> "imported";
                },
                snapshot.occasion() instanceof Snapshot.Imported(var image) ? image.toString() : null,
                manifest.map(Manifest::takenAt).orElse(null),
                snapshot.createdAt(),
                snapshot.updatedAt());
    }
}
