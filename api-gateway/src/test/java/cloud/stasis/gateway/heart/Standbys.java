package cloud.stasis.gateway.heart;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.protection.FailOver;
import cloud.stasis.gateway.protection.Failovers;
import cloud.stasis.gateway.protection.Protections;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A second host, and what the two tell of standbys.
@ApplicationScoped
class Standbys {
    private static final int ALONE = 6;

    private final FakeWorkers workers;
    private final Cloud cloud;
    private final Protections protections;
    private final Failovers failovers;

    Standbys(FakeWorkers workers, Cloud cloud, Protections protections, Failovers failovers) {
        this.workers = workers;
        this.cloud = cloud;
        this.protections = protections;
        this.failovers = failovers;
    }

    /// The second host is there.
    void beat() {
        workers.beat(FakeWorkers.OTHER_HOST);
        cloud.await(
                "the second host is known",
                () -> cloud.count("select count(*) from host where id = 'host-2' and last_seen > ?1", lately()) > 0);
    }

    private static Instant lately() {
        return Instant.now().minus(Duration.ofSeconds(10));
    }

    /// The second host was never there.
    void forget() {
        workers.hostIsSilent(false);
        cloud.change("delete from host where id = 'host-2'");
    }

    Job protect(Caller caller, InstanceId server) {
        return protections.protect(
                caller,
                server,
                new Protections.Wish(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    Job unprotect(Caller caller, InstanceId server) {
        return protections.unprotect(caller, server);
    }

    Job failOver(Caller caller, InstanceId server, FailOver.Kind kind) {
        return failovers.begin(caller, server, kind);
    }

    /// A server that has a standby with complete epochs.
    InstanceId of(Caller caller, InstanceId server) {
        beat();
        protect(caller, server);
        cloud.awaitQuiet();
        told(server, 1);
        return server;
    }

    ProtectionId protection(InstanceId server) {
        return ProtectionId.parse(
                (String) cloud.rows("select cast(protection_id as char) from instance where id = ?1", server.toString())
                        .getFirst()[0]);
    }

    /// Both hosts tell of an epoch.
    void told(InstanceId server, long epoch) {
        workers.beat(FakeWorkers.HOST, status(server, Role.SOURCE, epoch));
        workers.beat(FakeWorkers.OTHER_HOST, status(server, Role.STANDBY, epoch));
        cloud.await(
                "both have told",
                () -> cloud.count(
                                "select count(*) from protection_report where protection_id = ?1 and epoch = ?2",
                                protection(server).toString(),
                                epoch)
                        == 2);
    }

    /// The source has been silent for a minute, and the standby has told so several times.
    void silentForLong(InstanceId server, long epoch) {
        workers.hostIsSilent(true);
        String protection = protection(server).toString();
        for (int beat = 0; beat < ALONE; beat++) {
            workers.beat(FakeWorkers.OTHER_HOST, status(server, Role.STANDBY, epoch));
        }
        cloud.await(
                "the standby has told of itself alone",
                () -> cloud.count(
                                "select alone from protection_report where protection_id = ?1 and role = 'STANDBY'",
                                protection)
                        >= ALONE);
        Instant then = Instant.now().minus(Duration.ofMinutes(1));
        cloud.change("update host set last_seen = ?1 where id = 'host-1'", then);
        cloud.change("update protection_report set moved_at = ?1 where protection_id = ?2", then, protection);
    }

    HostId standby() {
        return FakeWorkers.OTHER_HOST;
    }

    void look() {
        failovers.look();
    }

    private ProtectionStatus status(InstanceId server, Role role, long epoch) {
        return new ProtectionStatus(
                protection(server),
                server,
                role,
                Health.PROTECTED,
                epoch,
                Instant.now(),
                role == Role.SOURCE ? Duration.ofSeconds(1) : Duration.ZERO,
                role == Role.SOURCE ? Duration.ofMillis(8) : Duration.ZERO,
                ByteCount.ofMib(3),
                Optional.empty());
    }
}
