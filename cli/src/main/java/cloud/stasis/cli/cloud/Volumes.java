package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// The block storage API, version 3. What is asked here is the same in every microversion, so none is named, but where
/// it is not.
public final class Volumes {
    private static final ServiceType SERVICE = ServiceType.VOLUME;

    private final Session session;

    public Volumes(Session session) {
        this.session = session;
    }

    public Listing<Volume> list(RowLimit limit) {
        return Pages.read(Call.get(SERVICE, "volumes", "detail"), "volumes", limit, this::json, Volume::new);
    }

    public Volume volume(String nameOrId) {
        Call named = Call.get(SERVICE, "volumes", "detail").query("name", nameOrId);
        return Lookup.one("volume", nameOrId, this::byId, () -> Pages.read(
                        named, "volumes", RowLimit.DEFAULT, this::json, Volume::new)
                .rows());
    }

    public Optional<Volume> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "volumes", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Volume(reply.orFail().json().path("volume")));
    }

    /// What a new volume holds at first.
    ///
    /// @param field the word of the API for it, such as `snapshot_id`
    public record Source(String field, String id) {}

    /// @param gib as large as its source if it is not said
    public Begun<Volume> create(String name, Optional<Integer> gib, Optional<Source> source, Optional<String> type) {
        ObjectNode body = Json.object();
        ObjectNode wanted = body.putObject("volume").put("name", name);
        gib.ifPresent(size -> wanted.put("size", size));
        source.ifPresent(from -> wanted.put(from.field(), from.id()));
        type.ifPresent(text -> wanted.put("volume_type", text));
        Reply reply = session.send(Call.post(SERVICE, "volumes").json(body)).orFail();
        return new Begun<>(new Volume(reply.json().path("volume")), reply);
    }

    public Reply delete(Volume volume) {
        return session.send(Call.delete(SERVICE, "volumes", volume.id())).orFail();
    }

    /// Makes it larger; one that a server uses as well.
    public Reply extend(Volume volume, int gib) {
        ObjectNode body = Json.object();
        body.putObject("os-extend").put("new_size", gib);
        return session.send(Call.post(SERVICE, "volumes", volume.id(), "action")
                        .header("OpenStack-API-Version", "volume 3.42")
                        .json(body))
                .orFail();
    }

    /// Snapshots of volumes, of one or of all.
    public Listing<VolumeSnapshot> snapshots(Optional<Volume> of, RowLimit limit) {
        Call all = Call.get(SERVICE, "snapshots", "detail");
        Call call = of.map(volume -> all.query("volume_id", volume.id())).orElse(all);
        return Pages.read(call, "snapshots", limit, this::json, VolumeSnapshot::new);
    }

    public VolumeSnapshot snapshot(String nameOrId) {
        Call named = Call.get(SERVICE, "snapshots", "detail").query("name", nameOrId);
        return Lookup.one("volume snapshot", nameOrId, this::snapshotById, () -> Pages.read(
                        named, "snapshots", RowLimit.DEFAULT, this::json, VolumeSnapshot::new)
                .rows());
    }

    public Optional<VolumeSnapshot> snapshotById(String id) {
        Reply reply = session.send(Call.get(SERVICE, "snapshots", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new VolumeSnapshot(reply.orFail().json().path("snapshot")));
    }

    /// Of one that a server uses as well.
    public Begun<VolumeSnapshot> takeSnapshot(Volume volume, String name) {
        ObjectNode body = Json.object();
        body.putObject("snapshot")
                .put("volume_id", volume.id())
                .put("name", name)
                .put("force", true);
        Reply reply = session.send(Call.post(SERVICE, "snapshots").json(body)).orFail();
        return new Begun<>(new VolumeSnapshot(reply.json().path("snapshot")), reply);
    }

    public Reply delete(VolumeSnapshot snapshot) {
        return session.send(Call.delete(SERVICE, "snapshots", snapshot.id())).orFail();
    }

    /// What the project may have of volumes, and has, by the words of the API.
    public JsonNode limits() {
        return json(Call.get(SERVICE, "limits")).path("limits").path("absolute");
    }

    /// How much of each a project may have, and has.
    public JsonNode quota(String project) {
        return json(Call.get(SERVICE, "os-quota-sets", project).query("usage", "true"))
                .path("quota_set");
    }

    /// What is not said stays.
    public void setQuota(String project, ObjectNode limits) {
        ObjectNode body = Json.object();
        body.set("quota_set", limits);
        json(Call.put(SERVICE, "os-quota-sets", project).json(body));
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
