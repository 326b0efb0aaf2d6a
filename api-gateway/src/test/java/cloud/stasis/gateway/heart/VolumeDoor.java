package cloud.stasis.gateway.heart;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;

/// The block storage API as one tenant uses it.
record VolumeDoor(Doors doors, Cloud cloud, Tenant tenant) {
    /// The newest version there is.
    Answer call(String method, String path, String body) {
        return doors.http()
                .call(
                        tenant.token(),
                        method,
                        "/volume/v3/" + tenant.projectId() + path,
                        body,
                        "OpenStack-API-Version",
                        "volume latest");
    }

    JsonNode show(String path, String key) {
        return call("GET", path, null).expect(200).json().path(key);
    }

    String status(String path, String key) {
        return show(path, key).path("status").asText();
    }

    void await(String path, String key, String status) {
        cloud.await(path + " is " + status, () -> status(path, key).equals(status));
    }

    void awaitGone(String path) {
        cloud.await(path + " is gone", () -> call("GET", path, null).status() == 404);
    }

    /// A volume that is available.
    String volume(String body) {
        return made("/volumes", "volume", body);
    }

    /// Something that is available.
    String made(String path, String key, String body) {
        String id = call("POST", path, "{\"" + key + "\": " + body + "}")
                .expect(202)
                .json()
                .at("/" + key + "/id")
                .asText();
        await(path + "/" + id, key, "available");
        return id;
    }

    Answer act(String volume, String action) {
        return call("POST", "/volumes/" + volume + "/action", action);
    }

    VolumeDoor as(Tenant other) {
        return new VolumeDoor(doors, cloud, other);
    }
}
