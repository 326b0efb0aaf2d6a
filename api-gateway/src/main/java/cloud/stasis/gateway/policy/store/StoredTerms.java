package cloud.stasis.gateway.policy.store;

import cloud.stasis.gateway.policy.Product;
import cloud.stasis.gateway.policy.Retention;
import cloud.stasis.gateway.policy.SnapshotPolicy.Terms;
import cloud.stasis.gateway.policy.Target;
import cloud.stasis.gateway.policy.Timing;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// The terms of a policy as their column holds them. A released field never changes its meaning.
///
/// @param product `server-snapshot`, `volume-snapshot` or `volume-backup`
/// @param server one of four says the target
record StoredTerms(
        String name,
        Optional<String> server,
        Optional<String> volume,
        Optional<Map<String, String>> servers,
        Optional<Map<String, String>> volumes,
        String product,
        Optional<MemoryChoice> memory,
        Optional<Quiesce> quiesce,
        Optional<Duration> every,
        Optional<String> cron,
        String zone,
        int last,
        int hourly,
        int daily,
        int weekly,
        int monthly) {
    private static final String SERVER_SNAPSHOT = "server-snapshot";
    private static final String VOLUME_SNAPSHOT = "volume-snapshot";
    private static final String VOLUME_BACKUP = "volume-backup";

    static StoredTerms of(Terms terms) {
        Target target = terms.target();
        Optional<Asked> asked =
                terms.product() instanceof Product.ServerSnapshot(Asked of) ? Optional.of(of) : Optional.empty();
        Retention kept = terms.retention();
        return new StoredTerms(
                terms.name(),
                target instanceof Target.OneServer(var id) ? Optional.of(id.toString()) : Optional.empty(),
                target instanceof Target.OneVolume(var id) ? Optional.of(id.toString()) : Optional.empty(),
                target instanceof Target.Servers(var metadata) ? Optional.of(metadata) : Optional.empty(),
                target instanceof Target.Volumes(var metadata) ? Optional.of(metadata) : Optional.empty(),
                switch (terms.product()) {
                    case Product.ServerSnapshot _ -> SERVER_SNAPSHOT;
                    case Product.VolumeSnapshot _ -> VOLUME_SNAPSHOT;
                    case Product.VolumeBackup _ -> VOLUME_BACKUP;
                },
                asked.map(Asked::memory),
                asked.map(Asked::quiesce),
                terms.timing() instanceof Timing.Every(var interval) ? Optional.of(interval) : Optional.empty(),
                terms.timing() instanceof Timing.Calendar(var cron) ? Optional.of(cron) : Optional.empty(),
                terms.zone().getId(),
                kept.last(),
                kept.hourly(),
                kept.daily(),
                kept.weekly(),
                kept.monthly());
    }

    Terms terms() {
        return new Terms(
                name,
                target(),
                switch (product) {
                    case SERVER_SNAPSHOT ->
                        new Product.ServerSnapshot(new Asked(memory.orElseThrow(), quiesce.orElseThrow()));
                    case VOLUME_SNAPSHOT -> new Product.VolumeSnapshot();
                    case VOLUME_BACKUP -> new Product.VolumeBackup();
                    default -> throw new StasisException(ErrorCode.INTERNAL, "a stored policy makes an unknown thing");
                },
                every.<Timing>map(Timing.Every::new).orElseGet(() -> new Timing.Calendar(cron.orElseThrow())),
                ZoneId.of(zone),
                new Retention(last, hourly, daily, weekly, monthly));
    }

    private Target target() {
        return server.<Target>map(id -> new Target.OneServer(InstanceId.parse(id)))
                .or(() -> volume.map(id -> new Target.OneVolume(VolumeId.parse(id))))
                .or(() -> servers.map(Target.Servers::new))
                .or(() -> volumes.map(Target.Volumes::new))
                .orElseThrow();
    }
}
