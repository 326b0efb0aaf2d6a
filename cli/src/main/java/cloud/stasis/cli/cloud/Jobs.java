package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.http.Wire;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Jobs, by our own API.
public final class Jobs {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;
    /// No project begins more of them between a request and the question for its job.
    private static final String RECENT = "100";

    private final Session session;

    public Jobs(Session session) {
        this.session = session;
    }

    public Listing<Job> list(Optional<Server> server, RowLimit limit) {
        Call call = Call.get(SERVICE, "jobs");
        return Pages.read(
                server.map(of -> call.query("server", of.id())).orElse(call), "jobs", limit, this::json, Job::new);
    }

    /// Jobs have no names, so the list is only asked when an id has a form of its own.
    public Job job(String id) {
        return Lookup.one("job", id, this::byId, () -> List.<Job>of());
    }

    /// The newest job that makes an image. Empty on a cloud that is not ours.
    public Optional<Job> ofImage(String image) {
        return newest("image", image);
    }

    /// The newest job of a server. Empty on a cloud that is not ours.
    public Optional<Job> ofServer(Server server) {
        return newest("server", server.id());
    }

    /// The job that a request began: the one that bears the request's id. Empty on a cloud that is not ours, and if the
    /// request was done when it was answered.
    public Optional<Job> begunBy(Reply reply) {
        Optional<String> request = reply.requestId();
        return request.isEmpty()
                ? Optional.empty()
                : newest(Call.get(SERVICE, "jobs").query("limit", RECENT)).stream()
                        .filter(job -> job.text("request_id").equals(request.get()))
                        .findFirst();
    }

    private Optional<Job> newest(String subject, String id) {
        return newest(Call.get(SERVICE, "jobs").query(subject, id).query("limit", "1")).stream()
                .findFirst();
    }

    private List<Job> newest(Call call) {
        List<Job> jobs = new ArrayList<>();
        try {
            Reply reply = session.send(call);
            if (reply.isSuccess()) {
                reply.json().path("jobs").forEach(job -> jobs.add(new Job(job)));
            }
            return jobs;
        } catch (Failure noSuchApi) {
            if (noSuchApi.is(FailureType.ENDPOINT_NOT_FOUND) || noSuchApi.is(FailureType.BAD_ANSWER)) {
                return jobs;
            }
            throw noSuchApi;
        }
    }

    public Optional<Job> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "jobs", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Job(reply.orFail().json().path("job")));
    }

    /// The job's changes as a `text/event-stream`. The caller closes it.
    ///
    /// @param silence after which the stream counts as broken
    public Wire.Stream events(Job job, Duration silence) {
        return session.open(
                Call.get(SERVICE, "jobs", job.id(), "events").header("Accept", "text/event-stream"), silence);
    }

    /// What it has done so far will be undone.
    public Job cancel(Job job) {
        return new Job(json(Call.post(SERVICE, "jobs", job.id(), "cancel")).path("job"));
    }

    /// Lets a stuck job try again.
    public Job retry(Job job) {
        return new Job(json(Call.post(SERVICE, "jobs", job.id(), "retry")).path("job"));
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
