package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.identity.Caller;
import jakarta.enterprise.context.ApplicationScoped;

/// What all resources of the block storage API begin with: the project in the path is the caller's, and the caller
/// may do it.
@ApplicationScoped
class VolumeDoor {
    private final CurrentRequest request;

    VolumeDoor(CurrentRequest request) {
        this.request = request;
    }

    /// @throws FaultException 400 for the path of another project
    Caller enter(String project, VolumeAction action) {
        Caller caller = request.caller();
        if (!project.equals(caller.project().value())) {
            throw new FaultException(400, "Malformed request url");
        }
        action.check(caller);
        return caller;
    }

    Microversion version() {
        return request.microversion();
    }

    /// @throws FaultException 404 for a request of an earlier version
    void requireVersion(int major, int minor) {
        if (!version().atLeast(major, minor)) {
            throw new FaultException(404, "The resource could not be found.");
        }
    }
}
