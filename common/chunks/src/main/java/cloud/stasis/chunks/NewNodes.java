package cloud.stasis.chunks;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Where an assembler's nodes go: hashed at once, asked about and sent in batches. For one thread.
final class NewNodes implements Function<Node, Digest> {
    /// 2 GiB of content.
    private static final int BATCH = 512;

    private final BlobSender sender;
    private final List<BlobSender.Blob> waiting = new ArrayList<>();

    NewNodes(BlobSender sender) {
        this.sender = sender;
    }

    @Override
    public Digest apply(Node node) {
        byte[] bytes = node.encode();
        Digest digest = Sha256.of(bytes);
        waiting.add(new BlobSender.Blob(BlobKind.NODE, digest, bytes, 0, bytes.length));
        if (waiting.size() >= BATCH) {
            send();
        }
        return digest;
    }

    /// Sends what waits.
    void send() {
        sender.offer(waiting);
        waiting.clear();
    }
}
