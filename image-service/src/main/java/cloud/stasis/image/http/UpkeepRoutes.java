package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.STORE_ADMIN;

import cloud.stasis.image.repository.Collected;
import cloud.stasis.image.repository.CollectionPlan;
import cloud.stasis.image.repository.Collector;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/// The upkeep of the store for operators.
///
/// | route | right | answer |
/// |---|---|---|
/// | `GET /store/v1/collection` | STORE_ADMIN | what a collection would do now: a dry run |
/// | `POST /store/v1/collection` | STORE_ADMIN | collects, and says what it did |
public final class UpkeepRoutes {
    private static final String COLLECTION = "/store/v1/collection";

    private final Collector collector;
    private final HttpDoor door;

    public UpkeepRoutes(Collector collector, HttpDoor door) {
        this.collector = collector;
        this.door = door;
    }

    public void mount(Router router) {
        router.get(COLLECTION).handler(door.open(STORE_ADMIN, this::plan));
        router.post(COLLECTION).handler(door.open(STORE_ADMIN, this::collect));
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

    private static void answer(HttpCall call, JsonObject json) {
        call.answer(200, HttpCall.JSON, json.toBuffer().getBytes());
    }
}
