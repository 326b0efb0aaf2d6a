package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.doctor.Doctor;
import cloud.stasis.gateway.doctor.HostExamination;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.CommandResult.Finding;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Whether tables, trees, hypervisors and files agree.
@Path("snapshot/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "doctor", description = "Whether tables, trees, hypervisors and files agree, for administrators")
public class DoctorResource {
    private final CurrentRequest request;
    private final Doctor doctor;
    private final Clock clock;

    DoctorResource(CurrentRequest request, Doctor doctor, Clock clock) {
        this.request = request;
        this.doctor = doctor;
        this.clock = clock;
    }

    /// @param alive whether it told of itself lately
    /// @param captures `bitmap` or `copy`: how it reads the disks of running machines; null if it does not tell
    public record HostView(
            String id,
            boolean alive,
            String hypervisor,
            @JsonProperty("virt_type") String virtType,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String captures,

            @JsonProperty("last_seen") Instant lastSeen) {}

    public record ManyHosts(List<HostView> hosts) {}

    /// @param repair mend what is safe to mend; false if not said
    public record NewExamination(boolean repair) {}

    /// @param plan what mends it
    /// @param safe whether nothing can be lost by that, so that it is done when a repair is asked for
    /// @param outcome `found`, `mended` or `failed`
    public record FindingView(String subject, String difference, String plan, boolean safe, String outcome) {
        static FindingView of(Finding finding) {
            return new FindingView(
                    finding.subject(),
                    finding.difference(),
                    finding.plan(),
                    switch (finding.cure()) {
                        case SAFE -> true;
                        case BY_HAND -> false;
                    },
                    finding.outcome().name().toLowerCase(Locale.ROOT));
        }
    }

    /// @param status `none`, `running`, `done` or `failed`
    /// @param more how many findings are left out
    public record ExaminationView(
            String status,
            List<FindingView> findings,
            int more,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String error,

            @JsonProperty("ended_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Instant endedAt) {
        static ExaminationView of(Optional<HostExamination> last) {
            String status = last.map(of ->
                            of.worker().isPresent() ? "running" : of.error().isPresent() ? "failed" : "done")
                    .orElse("none");
            Optional<Examined> examined = last.flatMap(HostExamination::examined);
            return new ExaminationView(
                    status,
                    examined.map(of ->
                                    of.findings().stream().map(FindingView::of).toList())
                            .orElse(List.of()),
                    examined.map(Examined::more).orElse(0),
                    last.flatMap(HostExamination::error).orElse(null),
                    last.flatMap(HostExamination::endedAt).orElse(null));
        }
    }

    public record OneExamination(ExaminationView examination) {}

    @GET
    @Path("hosts")
    @Operation(summary = "List the hosts, and how each reads the disks of running machines")
    public ManyHosts hosts() {
        SnapshotAction.OPERATE.check(request.caller());
        return new ManyHosts(doctor.hosts().stream().map(this::view).toList());
    }

    private HostView view(Host host) {
        return new HostView(
                host.id().value(),
                host.isAlive(clock.instant()),
                host.hypervisor(),
                host.virtType(),
                host.captures().map(how -> how.name().toLowerCase(Locale.ROOT)).orElse(null),
                host.lastSeen());
    }

    @POST
    @Path("hosts/{id}/examine")
    @Operation(
            summary = "Compare a host's libvirt and files with the tables",
            description =
                    "What is being worked on is not looked at. Nothing is changed unless a repair is asked for, and"
                            + " then only what is safe")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewExamination.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response examine(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.OPERATE.check(request.caller());
        Job job = doctor.examine(request.caller(), host(id), mending(body));
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }

    @GET
    @Path("hosts/{id}/examination")
    @Operation(summary = "Show what the last examination of a host found")
    public OneExamination examination(@PathParam("id") String id) {
        SnapshotAction.OPERATE.check(request.caller());
        return new OneExamination(ExaminationView.of(doctor.last(host(id))));
    }

    @POST
    @Path("tables/examine")
    @Operation(summary = "Compare the tables with themselves: trees, positions")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewExamination.class)))
    public OneExamination tables(@Nullable JsonNode body) {
        SnapshotAction.OPERATE.check(request.caller());
        List<Finding> findings = doctor.tables(mending(body));
        return new OneExamination(new ExaminationView(
                "done", findings.stream().map(FindingView::of).toList(), 0, null, clock.instant()));
    }

    private static Mending mending(@Nullable JsonNode body) {
        return JsonFields.of(body).only("repair").optionalFlag("repair").orElse(false) ? Mending.SAFE : Mending.NONE;
    }

    private static HostId host(String text) {
        return PathId.of(text, HostId::new, ErrorCode.INSTANCE_NOT_FOUND);
    }
}
