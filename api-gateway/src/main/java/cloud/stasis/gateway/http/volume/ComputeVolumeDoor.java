package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.identity.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.UriInfo;

/// What the compute API's own resources for volumes begin with: they ended with version 2.35, and the policy is that
/// of the block storage API.
@ApplicationScoped
class ComputeVolumeDoor {
    private final CurrentRequest request;

    ComputeVolumeDoor(CurrentRequest request) {
        this.request = request;
    }

    /// @throws FaultException 404 for a later version
    Caller enter(VolumeAction action) {
        if (request.microversion().atLeast(2, 36)) {
            throw nothing();
        }
        Caller caller = request.caller();
        action.check(caller);
        return caller;
    }

    /// Something whose id is empty is asked for, and not the list.
    ///
    /// @throws FaultException 404 then
    void requireList(UriInfo uri) {
        if (uri.getPath().endsWith("/")) {
            throw nothing();
        }
    }

    FaultException nothing() {
        return new FaultException(Faults.ofHttp(404));
    }
}
