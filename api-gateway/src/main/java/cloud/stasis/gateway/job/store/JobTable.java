package cloud.stasis.gateway.job.store;

import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobProgress;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The table `job`.
@ApplicationScoped
class JobTable implements Jobs {
    private final Rows rows;

    JobTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public void add(Job job) {
        JobEntity row = new JobEntity();
        row.id = job.id().value();
        row.projectId = job.project().value();
        row.userId = job.user().value();
        row.kind = job.kind().name();
        row.instanceId = job.subject().server().map(InstanceId::value).orElse(null);
        row.snapshotId = job.subject().snapshot().map(SnapshotId::value).orElse(null);
        row.imageId = job.subject().image().map(ImageId::value).orElse(null);
        row.volumeId = job.subject().volume().map(VolumeId::value).orElse(null);
        row.clientToken = job.token().map(ClientToken::value).orElse(null);
        row.requestId = job.requestId();
        row.createdAt = job.createdAt();
        write(row, job);
        rows.persist(row);
    }

    @Override
    public void save(Job job) {
        write(rows.findById(job.id().value()), job);
    }

    @Override
    public Optional<Job> find(JobId job) {
        return rows.findByIdOptional(job.value()).map(JobTable::read);
    }

    @Override
    public Optional<Job> lock(JobId job) {
        return rows.findByIdOptional(job.value(), LockModeType.PESSIMISTIC_WRITE)
                .map(JobTable::read);
    }

    @Override
    public Optional<Job> named(ProjectId project, ClientToken token) {
        return rows.find("projectId = ?1 and clientToken = ?2", project.value(), token.value())
                .firstResultOptional()
                .map(JobTable::read);
    }

    @Override
    public List<Job> making(ImageId image) {
        return rows
                .find("imageId = ?1 and state in ('ACCEPTED', 'RUNNING', 'UNWINDING', 'STUCK')", image.value())
                .stream()
                .map(JobTable::read)
                .toList();
    }

    @Override
    public List<Job> lastOf(ProjectId project, JobKind kind, int count) {
        String which = "projectId = ?1 and kind = ?2 and state = 'SUCCEEDED' order by createdAt desc, id desc";
        return rows.find(which, project.value(), kind.name()).page(0, count).stream()
                .map(JobTable::read)
                .toList();
    }

    @Override
    public List<Job> list(JobQuery query) {
        StringBuilder where = new StringBuilder("projectId = :project");
        Parameters values = Parameters.with("project", query.project().value());
        query.server().ifPresent(server -> {
            where.append(" and instanceId = :server");
            values.and("server", server.value());
        });
        query.snapshot().ifPresent(snapshot -> {
            where.append(" and snapshotId = :snapshot");
            values.and("snapshot", snapshot.value());
        });
        query.image().ifPresent(image -> {
            where.append(" and imageId = :image");
            values.and("image", image.value());
        });
        query.after().flatMap(after -> rows.findByIdOptional(after.value())).ifPresent(after -> {
            where.append(" and (createdAt < :at or createdAt = :at and id < :after)");
            values.and("at", after.createdAt).and("after", after.id);
        });
        return rows.find(where + " order by createdAt desc, id desc", values).page(0, query.rows()).stream()
                .map(JobTable::read)
                .toList();
    }

    private static void write(JobEntity row, Job job) {
        row.phase = job.progress().phase().name();
        row.doneBytes = job.progress().done().bytes();
        row.totalBytes = job.progress().total().bytes();
        row.percent = job.progress().percent();
        row.phaseSince = job.progress().phaseSince();
        row.updatedAt = job.updatedAt();
        row.errorCode = null;
        row.errorMessage = null;
        row.stuckCode = null;
        row.stuckMessage = null;
        row.state = switch (job.state()) {
            case JobState.Accepted ignored -> "ACCEPTED";
            case JobState.Running running -> {
                row.sagaId = running.saga().value();
                yield "RUNNING";
            }
            case JobState.Unwinding unwinding -> {
                writeError(row, unwinding.cause());
                yield "UNWINDING";
            }
            case JobState.Succeeded ignored -> "SUCCEEDED";
            case JobState.Failed failed -> {
                writeError(row, failed.cause());
                yield "FAILED";
            }
            case JobState.Stuck stuck -> {
                writeError(row, stuck.cause());
                row.stuckCode = stuck.failure().code().name();
                row.stuckMessage = stuck.failure().message();
                yield "STUCK";
            }
        };
    }

    private static void writeError(JobEntity row, ErrorReport error) {
        row.errorCode = error.code().name();
        row.errorMessage = error.message();
    }

    private static Job read(JobEntity row) {
        return new Job(
                new JobId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                JobKind.valueOf(row.kind),
                new JobSubject(
                        Optional.ofNullable(row.instanceId).map(InstanceId::new),
                        Optional.ofNullable(row.snapshotId).map(SnapshotId::new),
                        Optional.ofNullable(row.imageId).map(ImageId::new),
                        Optional.ofNullable(row.volumeId).map(VolumeId::new)),
                state(row),
                new JobProgress(
                        Phase.valueOf(row.phase),
                        new ByteCount(row.doneBytes),
                        new ByteCount(row.totalBytes),
                        row.percent,
                        row.phaseSince),
                Optional.ofNullable(row.clientToken).map(ClientToken::new),
                row.requestId,
                row.createdAt,
                row.updatedAt);
    }

    private static JobState state(JobEntity row) {
        return switch (row.state) {
            case "ACCEPTED" -> new JobState.Accepted();
            case "RUNNING" -> new JobState.Running(saga(row));
            case "UNWINDING" -> new JobState.Unwinding(saga(row), error(row.errorCode, row.errorMessage));
            case "SUCCEEDED" -> new JobState.Succeeded();
            case "FAILED" -> new JobState.Failed(error(row.errorCode, row.errorMessage));
            case "STUCK" ->
                new JobState.Stuck(
                        saga(row), error(row.errorCode, row.errorMessage), error(row.stuckCode, row.stuckMessage));
            default -> throw new IllegalStateException("unknown job state " + row.state);
        };
    }

    private static SagaId saga(JobEntity row) {
        return new SagaId(Optional.ofNullable(row.sagaId).orElseThrow());
    }

    private static ErrorReport error(@Nullable String code, @Nullable String message) {
        return new ErrorReport(
                ErrorCode.valueOf(Optional.ofNullable(code).orElse(ErrorCode.INTERNAL.name())),
                Optional.ofNullable(message).orElse(""));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<JobEntity, UUID> {}
}
