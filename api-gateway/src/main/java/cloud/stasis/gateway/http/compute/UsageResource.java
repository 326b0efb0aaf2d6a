package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// For how long projects had servers of what size, from the rows of the servers, deleted ones among them. Pages are of
/// servers, from 2.40 on: what a project used is then the sum over its pages.
@Path("compute/v2.1/os-simple-tenant-usage")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class UsageResource {
    private static final Duration STANDARD_PERIOD = Duration.ofDays(28);
    private static final double SECONDS_PER_HOUR = 3600;

    private final CurrentRequest request;
    private final Instances instances;
    private final Links links;
    private final Clock clock;

    UsageResource(CurrentRequest request, Instances instances, Links links, Clock clock) {
        this.request = request;
        this.instances = instances;
        this.links = links;
        this.clock = clock;
    }

    @GET
    public Map<String, Object> list(
            @QueryParam("start") @Nullable String start,
            @QueryParam("end") @Nullable String end,
            @QueryParam("detailed") @Nullable String detailed,
            @Context UriInfo uri) {
        ComputeAction.READ_USAGE_OF_ALL.check(request.caller());
        Period period = period(start, end);
        Found found = found(Optional.empty(), period, uri);
        Map<ProjectId, List<Instance>> byProject =
                new TreeMap<>((one, other) -> one.value().compareTo(other.value()));
        found.servers().forEach(server -> byProject
                .computeIfAbsent(server.project(), _ -> new ArrayList<>())
                .add(server));
        List<Map<String, Object>> usages = byProject.entrySet().stream()
                .map(of -> usage(of.getKey(), of.getValue(), period, "1".equals(detailed)))
                .toList();
        return answer("tenant_usages", usages, found, "os-simple-tenant-usage", uri);
    }

    @GET
    @Path("{project}")
    public Map<String, Object> show(
            @PathParam("project") String id,
            @QueryParam("start") @Nullable String start,
            @QueryParam("end") @Nullable String end,
            @Context UriInfo uri) {
        ComputeAction.READ_USAGE.check(request.caller());
        ProjectId project = readable(id);
        Period period = period(start, end);
        Found found = found(Optional.of(project), period, uri);
        Map<String, Object> usage =
                found.servers().isEmpty() ? Map.of() : usage(project, found.servers(), period, true);
        return answer("tenant_usage", usage, found, "os-simple-tenant-usage/" + project, uri);
    }

    private ProjectId readable(String id) {
        try {
            ProjectId project = new ProjectId(id);
            if (request.caller().isAdmin() || project.equals(request.caller().project())) {
                return project;
            }
        } catch (StasisException e) {
            throw new FaultException(404, "The resource could not be found.");
        }
        throw new FaultException(
                403, "Policy doesn't allow os_compute_api:os-simple-tenant-usage:show to be performed.");
    }

    private record Period(Instant start, Instant end) {
        double hours(Instance server) {
            Instant from = launched(server);
            Instant until = server.life().deletedAt().orElse(end);
            Instant begin = from.isAfter(start) ? from : start;
            Instant over = until.isBefore(end) ? until : end;
            return Math.max(0, Duration.between(begin, over).toMillis() / 1000.0 / SECONDS_PER_HOUR);
        }
    }

    private Period period(@Nullable String start, @Nullable String end) {
        Instant now = clock.instant();
        Period period = new Period(
                time(start).orElse(now.minus(STANDARD_PERIOD)), time(end).orElse(now));
        if (!period.start().isBefore(period.end())) {
            throw new FaultException(400, "Invalid start time. The start time cannot occur after the end time.");
        }
        return period;
    }

    /// In UTC, with a `T` or a space.
    private static Optional<Instant> time(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw new FaultException(400, "Datetime is in invalid format");
        }
    }

    /// @param more whether the page is full
    private record Found(List<Instance> servers, boolean more) {}

    private Found found(Optional<ProjectId> project, Period period, UriInfo uri) {
        if (!request.microversion().atLeast(2, 40)) {
            return new Found(all(project, period), false);
        }
        Page page = Page.of(
                uri.getQueryParameters().getFirst("limit"),
                uri.getQueryParameters().getFirst("marker"),
                Page.MAXIMUM,
                Page.MAXIMUM);
        Optional<InstanceId> after = page.marker().map(UsageResource::marker);
        List<Instance> rows = instances.launchedWithin(project, period.start(), period.end(), after, page.rows());
        return new Found(rows.subList(0, Math.min(rows.size(), page.limit())), rows.size() > page.limit());
    }

    private static InstanceId marker(String text) {
        try {
            return InstanceId.parse(text);
        } catch (StasisException e) {
            throw new FaultException(400, "marker [" + Faults.shortened(text) + "] not found");
        }
    }

    private List<Instance> all(Optional<ProjectId> project, Period period) {
        List<Instance> all = new ArrayList<>();
        List<Instance> page;
        do {
            Optional<InstanceId> after =
                    all.isEmpty() ? Optional.empty() : Optional.of(all.getLast().id());
            page = instances.launchedWithin(project, period.start(), period.end(), after, Page.MAXIMUM);
            all.addAll(page);
        } while (page.size() == Page.MAXIMUM);
        return all;
    }

    private Map<String, Object> usage(ProjectId project, List<Instance> servers, Period period, boolean detailed) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("tenant_id", project.value());
        body.put("start", Times.microseconds(period.start()));
        body.put("stop", Times.microseconds(period.end()));
        body.put("total_hours", servers.stream().mapToDouble(period::hours).sum());
        body.put(
                "total_vcpus_usage",
                servers.stream()
                        .mapToDouble(
                                server -> period.hours(server) * server.spec().vcpus())
                        .sum());
        body.put(
                "total_memory_mb_usage",
                servers.stream()
                        .mapToDouble(server ->
                                period.hours(server) * server.spec().memory().mibRoundedUp())
                        .sum());
        body.put(
                "total_local_gb_usage",
                servers.stream()
                        .mapToDouble(server -> period.hours(server) * localGib(server))
                        .sum());
        if (detailed) {
            body.put(
                    "server_usages",
                    servers.stream().map(server -> server(server, period)).toList());
        }
        return body;
    }

    private Map<String, Object> server(Instance server, Period period) {
        Instant from = launched(server);
        Optional<Instant> until = server.life().deletedAt();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("instance_id", server.id().toString());
        body.put("name", server.profile().name());
        body.put("tenant_id", server.project().value());
        body.put("flavor", server.flavor().name());
        body.put("vcpus", server.spec().vcpus());
        body.put("memory_mb", server.spec().memory().mibRoundedUp());
        body.put("local_gb", localGib(server));
        body.put("hours", period.hours(server));
        body.put("started_at", Times.microseconds(from));
        body.put("ended_at", until.map(Times::microseconds).orElse(null));
        body.put("state", until.isPresent() ? "terminated" : server.state().vmState());
        body.put(
                "uptime",
                Duration.between(from, until.orElseGet(clock::instant)).toSeconds());
        return body;
    }

    /// Only those that ran are looked at.
    private static Instant launched(Instance server) {
        return server.life().launchedAt().orElseThrow();
    }

    private static int localGib(Instance server) {
        return server.flavor().diskGib() + server.flavor().ephemeralGib();
    }

    private Map<String, Object> answer(String key, Object usage, Found found, String path, UriInfo uri) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(key, usage);
        if (found.more() && !found.servers().isEmpty()) {
            String last = found.servers().getLast().id().toString();
            body.put(key + "_links", links.next(path, uri.getQueryParameters(), last));
        }
        return body;
    }
}
