package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.sync.BundleNames;
import cloud.stasis.image.sync.Guests;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import io.vertx.ext.web.Router;

/// What only other sites need, beside [StoreRoutes].
///
/// | route | the peer may | body | answer |
/// |---|---|---|---|
/// | `GET /store/v1/bundles?marker=` | pull | | up to 1000 bundles in the order of their names |
/// | `PUT /store/v1/bundles/{kind}/{id}` | push | JSON of the manifest | 204 when all of it is whole and visible |
public final class PeerRoutes {
    private static final String BUNDLES = "/store/v1/bundles";

    private final Guests guests;
    private final HttpDoor door;

    public PeerRoutes(Guests guests, HttpDoor door) {
        this.guests = guests;
        this.door = door;
    }

    public void mount(Router router) {
        router.get(BUNDLES).handler(door.openToPeers(STORE_READ, this::list));
        router.put(BUNDLES + "/:kind/:id").handler(door.openToPeers(STORE_WRITE, this::seal));
    }

    private void list(HttpCall call) {
        call.answer(200, HttpCall.JSON, guests.list(call.query("marker").orElse("")));
    }

    private void seal(HttpCall call) {
        ReferenceName name = BundleNames.parse(call.pathParameter("kind") + "/" + call.pathParameter("id"));
        byte[] manifest = call.bodyBytes((int) ManifestCodec.MAX_SIZE.bytes());
        PeerDoor.Visit visit = call.visit().orElseThrow();
        try {
            guests.seal(visit, name, manifest);
        } catch (StasisException e) {
            boolean isCallers = e.kind() == ErrorKind.CORRUPT || e.code() == ErrorCode.UNSUPPORTED_FORMAT;
            throw isCallers ? new HttpDoor.Refusal(400, e) : e;
        }
        call.answerNothing();
    }
}
