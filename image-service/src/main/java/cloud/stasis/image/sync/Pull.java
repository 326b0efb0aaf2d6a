package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.HttpPeer;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Brings one bundle of a peer here, with a capability of the peer: for who works on a store by hand and is no peer.
public final class Pull {
    private Pull() {}

    /// @param expected the manifest, if the caller knows it from elsewhere; else the peer says what the
    ///     bundle is
    /// @throws StasisException `WRONG_STATE` if there is another bundle of that name here; `HASH_MISMATCH`,
    /// `MALFORMED_OBJECT` or `MISSING_OBJECT` if the peer lies or lacks something
    public static Pulled run(Repository here, HttpPeer peer, ReferenceName name, Optional<ManifestId> expected) {
        long begin = System.nanoTime();
        ManifestId id = expected.orElseGet(() -> peer.reference(name));
        LocalSite local = new LocalSite(here);
        Count count = new Count();
        new Copy(name, new Capable(peer), local, local, count).run(id, Pace.of(ByteCount.ZERO));
        return new Pulled(
                id,
                count.blobs.get(),
                ByteCount.ofBytes(count.bytes.get()),
                Duration.ofNanos(System.nanoTime() - begin));
    }

    private static final class Count implements CopyWatch {
        private final AtomicLong blobs = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();

        @Override
        public void settled(ByteCount more) {}

        @Override
        public void travelled(long more, ByteCount moved) {
            blobs.addAndGet(more);
            bytes.addAndGet(moved.bytes());
        }

        @Override
        public void checkCancelled() {}
    }

    /// A store that is only read from.
    private record Capable(HttpPeer peer) implements Site {
        @Override
        public List<BundleLabel> bundles() {
            throw readOnly();
        }

        @Override
        public Optional<ManifestId> reference(ReferenceName name) {
            return Optional.of(peer.reference(name));
        }

        @Override
        public boolean has(ReferenceName name, ManifestId id, Manifest manifest) {
            throw readOnly();
        }

        @Override
        public byte[] manifest(ManifestId id) {
            return peer.manifest(id);
        }

        @Override
        public BlobExchange reading() {
            return peer.exchange();
        }

        @Override
        public BlobExchange writing(ReferenceName bundle) {
            throw readOnly();
        }

        @Override
        public void seal(ReferenceName name, byte[] manifest) {
            throw readOnly();
        }

        @Override
        public void abandon(ReferenceName bundle) {}

        private static StasisException readOnly() {
            return new StasisException(ErrorCode.INTERNAL, "a capability to read gives nothing else");
        }
    }
}
