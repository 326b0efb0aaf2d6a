package cloud.stasis.image.repository;

import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import java.util.List;

/// What a collection would do. Making one changes nothing; printing it is the dry run.
///
/// @param bundles how many references there are
/// @param manifests that no reference names any more
/// @param packs to be removed or rewritten
/// @param stored bytes of all packs
/// @param held bytes that nothing names, but that were used too lately, or while a writer was at work, to
///     be touched
public record CollectionPlan(
        int bundles, List<ObjectName> manifests, List<Victim> packs, ByteCount stored, ByteCount held) {

    /// A pack that holds too much that nothing names.
    ///
    /// @param live bytes of it that will be written anew; zero if the pack goes as it is
    public record Victim(ObjectName pack, ByteCount size, ByteCount live) {
        public ByteCount freed() {
            return size.minus(live);
        }

        public boolean isRewritten() {
            return !live.isZero();
        }
    }

    public CollectionPlan {
        manifests = List.copyOf(manifests);
        packs = List.copyOf(packs);
    }

    /// What would be freed.
    public ByteCount freed() {
        return packs.stream().map(Victim::freed).reduce(ByteCount.ZERO, ByteCount::plus);
    }

    /// For people.
    public String describe() {
        long rewritten = packs.stream().filter(Victim::isRewritten).count();
        return """
                bundles that stay:       %d
                bytes stored in packs:   %d
                bytes that are freed:    %d
                bytes held for now:      %d
                manifests to remove:     %d
                packs to remove:         %d
                packs to rewrite:        %d
                """.formatted(
                        bundles,
                        stored.bytes(),
                        freed().bytes(),
                        held.bytes(),
                        manifests.size(),
                        packs.size() - rewritten,
                        rewritten);
    }
}
