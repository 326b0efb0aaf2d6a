package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_ADMIN;

import cloud.stasis.chunks.HttpPeer;
import cloud.stasis.image.repository.Collected;
import cloud.stasis.image.repository.CollectionPlan;
import cloud.stasis.image.repository.Collector;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.image.repository.Scrubber;
import cloud.stasis.image.sync.BundleNames;
import cloud.stasis.image.sync.Pull;
import cloud.stasis.image.sync.Pulled;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.util.Optional;

/// The upkeep of the store for operators.
///
/// | route | right | answer |
/// |---|---|---|
/// | `GET /store/v1/collection` | STORE_ADMIN | what a collection would do now: a dry run |
/// | `POST /store/v1/collection` | STORE_ADMIN | collects, and says what it did |
/// | `POST /store/v1/pulls` | STORE_ADMIN | brings a bundle of another store here |
/// | `POST /store/v1/scrub` | STORE_ADMIN | reads everything, says what is damaged and whom that affects |
///
/// A pull names `peer` (its address), `token` (a capability of the peer), `bundle` and, if it is known,
/// `manifest`.
public final class UpkeepRoutes {
    private static final String COLLECTION = "/store/v1/collection";

    /// An operator who asks does not want to wait.
    private static final ByteCount FAST = ByteCount.ofGib(1024);

    private static final int MAX_ORDER_BYTES = 8 * 1024;
    private static final int BAD_GATEWAY = 502;

    private final Repository repository;
    private final Collector collector;
    private final Scrubber scrubber;
    private final HttpDoor door;

    public UpkeepRoutes(Repository repository, HttpDoor door) {
        this.repository = repository;
        this.collector = repository.collector();
        this.scrubber = repository.scrubber();
        this.door = door;
    }

    public void mount(Router router) {
        router.get(COLLECTION).handler(door.open(STORE_ADMIN, this::plan));
        router.post(COLLECTION).handler(door.open(STORE_ADMIN, this::collect));
        router.post("/store/v1/pulls").handler(door.open(STORE_ADMIN, this::pull));
        router.post("/store/v1/scrub").handler(door.open(STORE_ADMIN, this::scrub));
    }

    private void plan(HttpCall call) {
        CollectionPlan plan = collector.plan();
        answer(
                call,
                new JsonObject()
                        .put("bundles", plan.bundles())
                        .put("storedBytes", plan.stored().bytes())
                        .put("freedBytes", plan.freed().bytes())
                        .put("heldBytes", plan.held().bytes())
                        .put("manifests", plan.manifests().size())
                        .put("packs", plan.packs().size()));
    }

    private void collect(HttpCall call) {
        Collected collected = collector.collect();
        answer(
                call,
                new JsonObject()
                        .put("manifests", collected.manifests())
                        .put("packsRemoved", collected.packsRemoved())
                        .put("packsRewritten", collected.packsRewritten())
                        .put("freedBytes", collected.freed().bytes())
                        .put("tookMillis", collected.took().toMillis()));
    }

    private void pull(HttpCall call) {
        Pulled pulled;
        try {
            JsonObject order = new JsonObject(Buffer.buffer(call.bodyBytes(MAX_ORDER_BYTES)));
            pulled = Pull.run(
                    repository,
                    new HttpPeer(URI.create(order.getString("peer", "")), order.getString("token", "")),
                    BundleNames.parse(order.getString("bundle", "")),
                    Optional.ofNullable(order.getString("manifest")).map(ManifestId::parse));
        } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a pull names peer, token and bundle", e);
        } catch (StasisException e) {
            // It is the peer that is damaged.
            throw e.kind() == ErrorKind.CORRUPT ? new HttpDoor.Refusal(BAD_GATEWAY, e) : e;
        }
        answer(
                call,
                new JsonObject()
                        .put("manifest", pulled.manifest().toString())
                        .put("blobs", pulled.blobs())
                        .put("receivedBytes", pulled.received().bytes())
                        .put("tookMillis", pulled.took().toMillis()));
    }

    private void scrub(HttpCall call) {
        ScrubReport report = scrubber.scrub(FAST);
        JsonArray damages = new JsonArray();
        report.damages()
                .forEach(damage -> damages.add(
                        new JsonObject().put("object", damage.object()).put("what", damage.what())));
        JsonArray affected = new JsonArray();
        report.affected()
                .forEach(one -> affected.add(new JsonObject()
                        .put("bundle", one.bundle().toString())
                        .put("part", one.part())
                        .put("missing", one.missing())));
        answer(
                call,
                new JsonObject()
                        .put("objects", report.objects())
                        .put("readBytes", report.read().bytes())
                        .put("damages", damages)
                        .put("affected", affected));
    }

    private static void answer(HttpCall call, JsonObject json) {
        call.answer(200, HttpCall.JSON, json.toBuffer().getBytes());
    }
}
