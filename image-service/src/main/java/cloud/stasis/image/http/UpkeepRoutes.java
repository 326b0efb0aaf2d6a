package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_ADMIN;

import cloud.stasis.image.repository.Collected;
import cloud.stasis.image.repository.CollectionPlan;
import cloud.stasis.image.repository.Collector;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.image.repository.Scrubber;
import cloud.stasis.model.ByteCount;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/// The upkeep of the store for operators.
///
/// | route | right | answer |
/// |---|---|---|
/// | `GET /store/v1/collection` | STORE_ADMIN | what a collection would do now: a dry run |
/// | `POST /store/v1/collection` | STORE_ADMIN | collects, and says what it did |
/// | `POST /store/v1/scrub` | STORE_ADMIN | reads everything as fast as it can, and says what is damaged and whom that
// affects |
public final class UpkeepRoutes {
    private static final String COLLECTION = "/store/v1/collection";

    /// An operator who asks does not want to wait.
    private static final ByteCount FAST = ByteCount.ofGib(1024);

    private final Collector collector;
    private final Scrubber scrubber;
    private final HttpDoor door;

    public UpkeepRoutes(Repository repository, HttpDoor door) {
        this.collector = repository.collector();
        this.scrubber = repository.scrubber();
        this.door = door;
    }

    public void mount(Router router) {
        router.get(COLLECTION).handler(door.open(STORE_ADMIN, this::plan));
        router.post(COLLECTION).handler(door.open(STORE_ADMIN, this::collect));
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
