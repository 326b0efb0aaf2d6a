package cloud.stasis.chunks;

import cloud.stasis.chunks.format.CanonicalJson;
import cloud.stasis.chunks.format.Fields;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.net.URI;

/// Another store over HTTP, whose bundles can be read by name. What it says is what it says: whoever asks
/// verifies.
public final class HttpPeer {
    private static final String REFERENCES_PATH = "/store/v1/references/";
    private static final String MANIFESTS_PATH = "/store/v1/manifests/";

    /// More than a reference has.
    private static final int MAX_REFERENCE_BYTES = 1024;

    private final HttpBlobExchange http;
    private final RetryingBlobExchange exchange;

    /// @param store the address of the peer's image service, without a path
    /// @param token a capability of the peer's site with the right `STORE_READ`
    public HttpPeer(URI store, String token) {
        this.http = new HttpBlobExchange(store, () -> token);
        this.exchange = new RetryingBlobExchange(http, Thread::sleep);
    }

    public BlobExchange exchange() {
        return exchange;
    }

    /// What the peer says that a bundle is now.
    ///
    /// @throws cloud.stasis.model.StasisException `OBJECT_NOT_FOUND`
    public ManifestId reference(ReferenceName name) {
        byte[] json = exchange.retried(() -> http.get(REFERENCES_PATH + name, MAX_REFERENCE_BYTES));
        return ManifestId.parse(new Fields("reference", CanonicalJson.parse(json)).text("manifest"));
    }

    /// The bytes that the peer gives for a manifest, unverified.
    ///
    /// @throws cloud.stasis.model.StasisException `OBJECT_NOT_FOUND`
    public byte[] manifest(ManifestId id) {
        int most = Math.toIntExact(ManifestCodec.MAX_SIZE.bytes());
        return exchange.retried(() -> http.get(MANIFESTS_PATH + id, most));
    }
}
