package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.image.Imports;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Imports as tasks.
final class TaskBodies {
    /// How long the API says that a finished task can be asked for; it can longer.
    private static final Duration SHOWN = Duration.ofDays(2);

    private TaskBodies() {}

    static Map<String, Object> of(Job job) {
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("id", job.id().toString());
        task.put("type", "api_image_import");
        task.put(
                "status",
                switch (job.state()) {
                    case JobState.Accepted ignored -> "pending";
                    case JobState.Running ignored -> "processing";
                    case JobState.Unwinding ignored -> "processing";
                    case JobState.Succeeded ignored -> "success";
                    case JobState.Failed ignored -> "failure";
                    case JobState.Stuck ignored -> "failure";
                });
        task.put("owner", job.project().value());
        task.put("user_id", job.user().value());
        task.put("request_id", job.requestId());
        task.put("image_id", job.subject().image().map(Object::toString).orElse(null));
        task.put(
                "input",
                Map.of("image_id", job.subject().image().map(Object::toString).orElse("")));
        task.put("result", job.state() instanceof JobState.Succeeded ? Map.of("stores", List.of(Imports.STORE)) : null);
        task.put(
                "message",
                job.state() instanceof JobState.Failed failed ? failed.cause().message() : "");
        task.put(
                "expires_at",
                job.finishedAt()
                        .map(at ->
                                at.plus(SHOWN).truncatedTo(ChronoUnit.SECONDS).toString())
                        .orElse(null));
        task.put("created_at", job.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
        task.put("updated_at", job.updatedAt().truncatedTo(ChronoUnit.SECONDS).toString());
        task.put("self", "/v2/tasks/" + job.id());
        task.put("schema", "/v2/schemas/task");
        return task;
    }
}
