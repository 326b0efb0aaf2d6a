package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.SnapshotTree;
import cloud.stasis.gateway.storage.StoredSize;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The snapshots of a server by descent, as its tenant sees them.
///
/// @param current the snapshot that the server's history continues from
/// @param nodes the oldest first
public record TreeView(
        String server,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String current,
        List<NodeView> nodes) {

    /// @param current whether the server's history continues from here
    /// @param safety whether a revert took it
    /// @param size bytes of all parts together, as the guest sees them
    /// @param own bytes that it alone takes up in the store, among those of its project; null until it was measured
    /// @param sent bytes that its capture sent to the store,
    /// compressed; the rest was there already. For administrators
    public record NodeView(
            String id,
            String name,
            String status,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String parent,

            List<String> children,
            boolean current,
            boolean memory,
            boolean safety,
            @JsonProperty("protected") boolean isProtected,
            long size,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long own,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long sent,

            @JsonProperty("taken_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Instant takenAt,

            @JsonProperty("created_at") Instant createdAt) {}

    static TreeView of(SnapshotTree tree, Map<ReferenceName, StoredSize> sizes, Audience audience) {
        return new TreeView(
                tree.server().toString(),
                tree.position().map(Object::toString).orElse(null),
                tree.nodes().stream()
                        .map(node -> node(tree, node, sizes, audience))
                        .toList());
    }

    private static NodeView node(
            SnapshotTree tree, SnapshotTree.Node node, Map<ReferenceName, StoredSize> sizes, Audience audience) {
        Snapshot snapshot = node.snapshot();
        Optional<StoredSize> stored = Optional.ofNullable(sizes.get(ReferenceName.of(snapshot.id())));
        Optional<Manifest> manifest = snapshot.sealed().map(Snapshot.SealedBundle::manifest);
        return new NodeView(
                snapshot.id().toString(),
                snapshot.name(),
                snapshot.state().status(),
                snapshot.parent().map(Object::toString).orElse(null),
                node.children().stream().map(Object::toString).toList(),
                tree.position().filter(snapshot.id()::equals).isPresent(),
                manifest.isPresent() ? snapshot.hasMemory() : snapshot.asked().memory() == MemoryChoice.WITH_MEMORY,
                snapshot.isSafety(),
                snapshot.isProtected(),
                manifest.map(bundle -> bundle.logicalSize().bytes()).orElse(0L),
                stored.map(size -> size.own().bytes()).orElse(null),
                audience == Audience.OPERATOR ? node.sent().bytes() : null,
                manifest.map(Manifest::takenAt).orElse(null),
                snapshot.createdAt());
    }
}
