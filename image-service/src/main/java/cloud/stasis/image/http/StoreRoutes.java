package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.BlobWire;
import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.NarrowWriter;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.sync.BundleNames;
import cloud.stasis.image.sync.PeerDoor;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The store for agents and other stores.
///
/// | route | right | body | answer |
/// |---|---|---|---|
/// | `POST /store/v1/missing` | STORE_WRITE | up to 4096 digests | bitmap of those that are missing |
/// | `PUT /store/v1/packs/{digest}` | STORE_WRITE | a pack | 204 when it is verified and durable |
/// | `POST /store/v1/held` | STORE_WRITE | a content | 204 when it is whole, and stays until the bundle is sealed |
/// | `POST /store/v1/blobs` | STORE_READ | up to 128 digests | the stored blobs, in this order |
/// | `POST /store/v1/suspects` | STORE_READ | up to 128 digests | 204; blobs that came wrong, to be looked into |
/// | `GET /store/v1/manifests/{id}` | STORE_READ | | canonical JSON |
/// | `GET /store/v1/references/{kind}/{id}` | STORE_READ | | generation, manifest, name, updatedAt |
///
/// Other sites that are known here come in too ([cloud.stasis.image.sync.PeerDoor]): those that may pull where
/// something is read, those that may push where something is written or asked for. Who may push and not pull is
/// told of nothing that its project has not got ([cloud.stasis.image.repository.NarrowWriter]).
///
/// The binary forms are those of [BlobWire]. Who may write has a lease on what it puts and asks about, under
/// the subject of its capability: the name of the bundle that it writes.
public final class StoreRoutes {
    /// Packs taken in at once: each holds up to 16 MiB.
    private static final int PACKS_AT_ONCE = 4;

    /// Answers with blobs being read at once: each holds up to 8 MiB.
    private static final int FETCHES_AT_ONCE = 4;

    /// Blobs written to the socket at once: up to 1 MiB.
    private static final int SENT_AT_ONCE = 16;

    private static final Duration SLOT_DEADLINE = Duration.ofSeconds(20);

    private final Repository repository;
    private final HttpDoor door;
    private final Slots packs = new Slots(PACKS_AT_ONCE, SLOT_DEADLINE);
    private final Slots fetches = new Slots(FETCHES_AT_ONCE, SLOT_DEADLINE);

    public StoreRoutes(Repository repository, HttpDoor door) {
        this.repository = repository;
        this.door = door;
    }

    public void mount(Router router) {
        Set<Capability.Right> reader = Set.of(STORE_READ);
        Set<Capability.Right> writer = Set.of(STORE_WRITE);
        Set<Capability.Right> either = Set.of(STORE_READ, STORE_WRITE);
        router.post(BlobWire.MISSING_PATH).handler(door.openToPeers(STORE_WRITE, writer, this::missing));
        router.put(BlobWire.PACKS_PATH + ":digest").handler(door.openToPeers(STORE_WRITE, writer, this::putPack));
        router.post(BlobWire.HELD_PATH).handler(door.openToPeers(STORE_WRITE, writer, this::hold));
        router.post(BlobWire.BLOBS_PATH).handler(door.openToPeers(STORE_READ, reader, this::blobs));
        router.post(BlobWire.SUSPECTS_PATH).handler(door.openToPeers(STORE_READ, reader, this::suspects));
        router.get("/store/v1/manifests/:id").handler(door.openToPeers(STORE_READ, reader, this::manifest));
        router.get("/store/v1/references/:kind/:id").handler(door.openToPeers(STORE_READ, either, this::reference));
    }

    private void missing(HttpCall call) {
        List<Digest> digests =
                BlobWire.readDigests(call.bodyBytes(BlobExchange.MAX_QUERY * Digest.LENGTH), BlobExchange.MAX_QUERY);
        call.answer(200, HttpCall.BYTES, BlobWire.writeMissing(exchange(call).missing(digests), digests.size()));
    }

    private void putPack(HttpCall call) {
        Digest name = Digest.parse(call.pathParameter("digest"));
        try (Slots.Slot _ = packs.acquire()) {
            exchange(call).put(new Pack(name, call.bodyBytes(Pack.MAX_BYTES)));
        } catch (StasisException e) {
            throw e.kind() == ErrorKind.CORRUPT ? new HttpDoor.Refusal(400, e) : e;
        }
        call.answerNothing();
    }

    private void hold(HttpCall call) {
        try {
            exchange(call).hold(BlobWire.readContent(call.bodyBytes(BlobWire.CONTENT_BYTES)));
        } catch (StasisException e) {
            throw e.code() == ErrorCode.MISSING_OBJECT ? new HttpDoor.Refusal(404, e) : e;
        }
        call.answerNothing();
    }

    private void blobs(HttpCall call) {
        List<Digest> digests =
                BlobWire.readDigests(call.bodyBytes(BlobExchange.MAX_FETCH * Digest.LENGTH), BlobExchange.MAX_FETCH);
        try (Slots.Slot _ = fetches.acquire()) {
            send(call, exchange(call).fetch(digests));
        } catch (StasisException e) {
            throw e.code() == ErrorCode.MISSING_OBJECT ? new HttpDoor.Refusal(404, e) : e;
        }
    }

    private void suspects(HttpCall call) {
        BlobExchange exchange = exchange(call);
        BlobWire.readDigests(call.bodyBytes(BlobExchange.MAX_FETCH * Digest.LENGTH), BlobExchange.MAX_FETCH)
                .forEach(exchange::suspect);
        call.answerNothing();
    }

    private BlobExchange exchange(HttpCall call) {
        if (call.visit().isPresent()) {
            PeerDoor.Visit visit = call.visit().get();
            return visit.mayRead() ? repository.exchangeFor(visit.holder()) : narrow(visit);
        }
        Capability capability = call.capability();
        return capability.rights().contains(STORE_WRITE)
                ? repository.exchangeFor(capability.subject())
                : repository.exchange();
    }

    private NarrowWriter narrow(PeerDoor.Visit visit) {
        return repository.narrowExchangeFor(visit.holder(), visit.peer().project());
    }

    /// Some at a time, so that an answer is not in memory twice.
    private static void send(HttpCall call, List<StoredBlob> blobs) {
        if (call.visit().isPresent()) {
            // Signed, so it has to be known whole before its head is sent.
            call.answer(200, HttpCall.BYTES, BlobWire.writeBlobs(blobs));
            return;
        }
        HttpServerResponse response = call.response();
        response.putHeader("Content-Type", HttpCall.BYTES)
                .putHeader("Content-Length", Integer.toString(BlobWire.length(blobs)));
        ResponseBody body = new ResponseBody(response);
        for (int from = 0; from < blobs.size(); from += SENT_AT_ONCE) {
            List<StoredBlob> some = blobs.subList(from, Math.min(blobs.size(), from + SENT_AT_ONCE));
            Buffer piece = Buffer.buffer(BlobWire.length(some));
            for (StoredBlob blob : some) {
                piece.appendBytes(BlobWire.header(blob)).appendBytes(blob.array(), blob.offset(), blob.length());
            }
            body.write(piece);
        }
        body.end();
    }

    private void manifest(HttpCall call) {
        call.answer(200, HttpCall.JSON, repository.manifestBytes(ManifestId.parse(call.pathParameter("id"))));
    }

    private void reference(HttpCall call) {
        ReferenceName name = BundleNames.parse(call.pathParameter("kind") + "/" + call.pathParameter("id"));
        // What this site holds of itself is not for its peers.
        boolean isHidden =
                name.kind() == ReferenceName.Kind.STATE && call.visit().isPresent();
        Reference reference = repository
                .reference(name)
                .filter(_ -> !isHidden)
                .filter(found -> call.visit()
                        .filter(visit -> !visit.mayRead())
                        .map(visit -> repository.mayKnow(visit.peer().project(), found.manifest()))
                        .orElse(true))
                .orElseThrow(() -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no " + name));
        call.answer(200, HttpCall.JSON, reference.json());
    }
}
