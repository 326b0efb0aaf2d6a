package cloud.stasis.gateway.heart;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// What tests need of the cloud beside its doors: something to boot from, and a look into its rows.
@ApplicationScoped
public class Cloud {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Transactions transactions;
    private final Images images;
    private final EntityManager entities;

    Cloud(Transactions transactions, Images images, EntityManager entities) {
        this.transactions = transactions;
        this.images = images;
        this.entities = entities;
    }

    /// Somebody of a project that nobody else uses.
    public static Caller somebody() {
        return new Caller(
                new UserId("user-1"),
                "somebody",
                new ProjectId("p" + UUID.randomUUID().toString().replace("-", "")),
                "a project",
                Set.of("member"),
                "req-" + UUID.randomUUID());
    }

    /// An active image with a disk.
    public ImageId image(ProjectId project, Map<String, String> properties) {
        return image(project, properties, FakeWorkers.disk(DeviceName.virtio(0)));
    }

    /// An active image that is a file, such as a kernel.
    public ImageId file(ProjectId project) {
        return image(project, Map.of(), new Part.File(FakeWorkers.content(FakeWorkers.DISK)));
    }

    private ImageId image(ProjectId project, Map<String, String> properties, Part part) {
        ImageId image = ImageId.random();
        transactions.run(() -> {
            images.reserve(image, project, "bootable", properties, new Images.MinimumSizes(0, 0), FakeWorkers.DISK);
            images.saving(image);
            images.activate(
                    image,
                    new Manifest(
                            Manifest.CURRENT_VERSION,
                            ReferenceName.Kind.IMAGE,
                            Optional.empty(),
                            Instant.now(),
                            Optional.empty(),
                            List.of(part),
                            Optional.empty(),
                            Map.of()),
                    ByteCount.ofMib(1));
        });
        return image;
    }

    public <T> T look(Supplier<T> at) {
        return transactions.call(at);
    }

    public List<Object[]> rows(String sql, Object... parameters) {
        return look(() -> {
            var query = entities.createNativeQuery(sql);
            for (int at = 0; at < parameters.length; at++) {
                query.setParameter(at + 1, parameters[at]);
            }
            @SuppressWarnings("unchecked")
            List<Object> found = query.getResultList();
            return found.stream()
                    .map(row -> row instanceof Object[] many ? many : new Object[] {row})
                    .toList();
        });
    }

    /// Says of a server that another host has it. The fake workers do not mind.
    public void move(InstanceId server, String host) {
        change("update instance set host_id = ?1 where id = ?2", host, server.toString());
    }

    /// Changes rows behind everybody's back.
    public void change(String sql, Object... parameters) {
        transactions.run(() -> {
            var query = entities.createNativeQuery(sql);
            for (int at = 0; at < parameters.length; at++) {
                query.setParameter(at + 1, parameters[at]);
            }
            query.executeUpdate();
        });
    }

    public long count(String sql, Object... parameters) {
        return ((Number) rows(sql, parameters).getFirst()[0]).longValue();
    }

    /// Returns when the condition holds.
    ///
    /// @throws AssertionError when it does not within two minutes
    public void await(String what, Supplier<Boolean> condition) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.get()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /// Returns when no saga moves any more.
    public void awaitQuiet() {
        await("all sagas are over", () -> moving() == 0);
    }

    private long moving() {
        return count("select count(*) from saga where standing in ('FORWARD', 'BACKWARD')");
    }
}
