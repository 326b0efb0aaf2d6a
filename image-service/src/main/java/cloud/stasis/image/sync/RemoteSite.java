package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.BlobWire;
import cloud.stasis.chunks.RetryingBlobExchange;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// The store of a peer over HTTP. What fails and may pass is tried again for a while.
final class RemoteSite implements Site {
    static final String BUNDLES_PATH = "/store/v1/bundles";

    private static final String REFERENCES_PATH = "/store/v1/references/";
    private static final String MANIFESTS_PATH = "/store/v1/manifests/";
    private static final int MAX_REFERENCE_BYTES = 1024;

    /// 1000 labels.
    private static final int MAX_LIST_BYTES = 4 * 1024 * 1024;

    /// A peer that goes on for longer does not want to end.
    private static final int MAX_BUNDLES = 100_000;

    private static final Logger LOG = Logger.getLogger(RemoteSite.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PeerCalls calls;

    RemoteSite(Peer peer, SiteSeal seal) {
        this.calls = new PeerCalls(peer, seal);
    }

    @Override
    public List<BundleLabel> bundles() {
        List<BundleLabel> bundles = new ArrayList<>();
        String marker = "";
        while (true) {
            String path = BUNDLES_PATH + (marker.isEmpty() ? "" : "?marker=" + marker);
            List<BundleLabel> page = retried(() -> labels(calls.get(path, MAX_LIST_BYTES)));
            if (page.isEmpty()) {
                return bundles;
            }
            bundles.addAll(page);
            if (bundles.size() > MAX_BUNDLES) {
                throw new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "the peer's list of bundles is longer than " + MAX_BUNDLES);
            }
            marker = page.getLast().reference().toString();
        }
    }

    @Override
    public Optional<ManifestId> reference(ReferenceName name) {
        try {
            byte[] json = retried(() -> calls.get(REFERENCES_PATH + name, MAX_REFERENCE_BYTES));
            return Optional.of(
                    ManifestId.parse(JSON.readTree(json).path("manifest").asText()));
        } catch (StasisException e) {
            if (e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            return Optional.empty();
        } catch (IOException e) {
            throw lied(e);
        }
    }

    /// Only a seal knows whether all of it is there, and one that has nothing to do does no harm.
    @Override
    public boolean has(ReferenceName name, ManifestId id, Manifest manifest) {
        try {
            if (!reference(name).equals(Optional.of(id))) {
                return false;
            }
            seal(name, ManifestCodec.encode(manifest));
            return true;
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            LOG.warnf("A bundle is damaged at a peer, and repaired bundle=%s code=%s", name, e.code());
            return false;
        }
    }

    @Override
    public byte[] manifest(ManifestId id) {
        return retried(() -> calls.get(MANIFESTS_PATH + id, (int) Copy.MAX_MANIFEST.bytes()));
    }

    @Override
    public BlobExchange reading() {
        return exchange("");
    }

    @Override
    public BlobExchange writing(ReferenceName bundle) {
        return exchange(bundle.toString());
    }

    @Override
    public void seal(ReferenceName name, byte[] manifest) {
        retried(() -> calls.send("PUT", BUNDLES_PATH + "/" + name, manifest, MAX_REFERENCE_BYTES, name.toString()));
    }

    /// It notices by itself that nothing comes any more.
    @Override
    public void abandon(ReferenceName bundle) {}

    private BlobExchange exchange(String bundle) {
        return RetryingBlobExchange.over(new Exchange(bundle));
    }

    private static <T> T retried(java.util.function.Supplier<T> call) {
        return RetryingBlobExchange.retry(call);
    }

    private static List<BundleLabel> labels(byte[] body) {
        try {
            List<BundleLabel> labels = new ArrayList<>();
            for (JsonNode entry : JSON.readTree(body)) {
                labels.add(new BundleLabel(
                        BundleNames.parse(entry.path("bundle").asText()),
                        ManifestId.parse(entry.path("manifest").asText()),
                        Optional.ofNullable(entry.get("name")).map(JsonNode::asText),
                        Optional.ofNullable(entry.get("project")).map(JsonNode::asText),
                        entry.path("size").asLong()));
            }
            return labels;
        } catch (IOException e) {
            throw lied(e);
        }
    }

    /// For the other end of the wire.
    static byte[] write(List<BundleLabel> labels) {
        var list = JSON.createArrayNode();
        for (BundleLabel label : labels) {
            var entry = list.addObject()
                    .put("bundle", label.reference().toString())
                    .put("manifest", label.manifest().toString())
                    .put("size", label.size());
            label.name().ifPresent(name -> entry.put("name", name));
            label.project().ifPresent(project -> entry.put("project", project));
        }
        try {
            return JSON.writeValueAsBytes(list);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a list of bundles could not be written", e);
        }
    }

    private static StasisException lied(IOException cause) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "the peer's answer cannot be read", cause);
    }

    private final class Exchange implements BlobExchange {
        private final String bundle;

        Exchange(String bundle) {
            this.bundle = bundle;
        }

        @Override
        public BitSet missing(List<Digest> digests) {
            byte[] answer = calls.send(
                    "POST",
                    BlobWire.MISSING_PATH,
                    BlobWire.writeDigests(digests),
                    Math.ceilDiv(digests.size(), 8),
                    bundle);
            return BlobWire.readMissing(answer, digests.size());
        }

        @Override
        public void put(Pack pack) {
            calls.send("PUT", BlobWire.PACKS_PATH + pack.name(), pack.bytes(), 0, bundle);
        }

        @Override
        public void hold(Content content) {
            calls.send("POST", BlobWire.HELD_PATH, BlobWire.writeContent(content), 0, bundle);
        }

        @Override
        public void suspect(Digest digest) {
            calls.send("POST", BlobWire.SUSPECTS_PATH, BlobWire.writeDigests(List.of(digest)), 0, bundle);
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            byte[] answer = calls.send(
                    "POST", BlobWire.BLOBS_PATH, BlobWire.writeDigests(digests), BlobWire.MAX_BLOBS_BYTES, bundle);
            return BlobWire.readBlobs(answer, digests.size());
        }
    }
}
