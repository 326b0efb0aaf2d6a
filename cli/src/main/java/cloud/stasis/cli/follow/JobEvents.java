package cloud.stasis.cli.follow;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Jobs;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.ServerSentEvents;
import cloud.stasis.cli.http.Wire;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A job's event stream that may break, be refused, or not exist: then there is just no next event, and the caller
/// asks for the job instead. A broken stream is opened again, a refused one is not.
final class JobEvents implements AutoCloseable {
    /// The gateway sends at least a comment more often than this.
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Jobs jobs;
    private final Job job;
    private boolean refused;
    private Wire.@Nullable Stream stream;
    private @Nullable ServerSentEvents events;

    JobEvents(Jobs jobs, Job job) {
        this.jobs = jobs;
        this.job = job;
    }

    /// The job as the next event shows it; empty if none comes within the limit.
    Optional<Job> next(Duration limit) {
        if (refused) {
            return Optional.empty();
        }
        try {
            ServerSentEvents open = events == null ? open(limit) : events;
            if (open == null) {
                return Optional.empty();
            }
            Optional<Job> next = open.next().flatMap(JobEvents::parse);
            if (next.isEmpty()) {
                close();
            }
            return next;
        } catch (IOException _) {
            close();
            return Optional.empty();
        }
    }

    private @Nullable ServerSentEvents open(Duration limit) {
        Duration silence = limit.compareTo(SILENCE) < 0 ? limit.plusMillis(1) : SILENCE;
        Wire.Stream opened = jobs.events(job, silence);
        stream = opened;
        if (!opened.isSuccess()) {
            refused = true;
            close();
            return null;
        }
        events = new ServerSentEvents(opened.body());
        return events;
    }

    /// The job itself or `{"job": ...}`.
    private static Optional<Job> parse(String data) {
        Optional<JsonNode> tree = Json.parse(data.getBytes(StandardCharsets.UTF_8));
        return tree.map(node -> node.path("job").isObject() ? node.path("job") : node)
                .filter(node -> node.hasNonNull("status"))
                .map(Job::new);
    }

    @Override
    public void close() {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException _) {
            // It is broken, which is why it is closed.
        } finally {
            stream = null;
            events = null;
        }
    }
}
