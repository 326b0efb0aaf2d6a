package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.snapshot.Replies.ManyProtections;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.protection.Protections;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// The standbys of a project.
@Path("snapshot/v1/protections")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "protections")
public class ProtectionsResource {
    private final CurrentRequest request;
    private final Protections protections;
    private final Clock clock;

    ProtectionsResource(CurrentRequest request, Protections protections, Clock clock) {
        this.request = request;
        this.protections = protections;
        this.clock = clock;
    }

    @GET
    @Operation(
            summary = "List the protections of the project, oldest first",
            description = "One whose server runs on its former standby stays until its former host has been cleared")
    public ManyProtections list() {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        Instant now = clock.instant();
        return new ManyProtections(protections.list(caller).stream()
                .map(shown -> ProtectionView.of(shown, Audience.of(caller), now))
                .toList());
    }
}
