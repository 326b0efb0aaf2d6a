package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.model.HostId;
import cloud.stasis.model.SagaId;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/// Tells a source where its standby is now. An agent may come back at another address, as each pod does; its sources
/// know the one that they were given.
public final class Relinks {
    /// After whatever was done with the protection, also an attempt of ours.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(Relinks.class);

    private final ProtectionRows rows;
    private final Fleet fleet;
    private final SagaRunner sagas;
    private final ProtectServer protectServer;
    private final Clock clock;

    public Relinks(ProtectionRows rows, Fleet fleet, SagaRunner sagas, ProtectServer protectServer, Clock clock) {
        this.rows = rows;
        this.fleet = fleet;
        this.sagas = sagas;
        this.protectServer = protectServer;
        this.clock = clock;
    }

    /// Protects anew, on the same terms, if the standby is elsewhere. For one transaction that has locked the rows.
    void look(Protection protection, ProtectionState.Protected state) {
        Instant now = clock.instant();
        boolean isDue = protection.updatedAt().plus(PATIENCE).isBefore(now)
                && living(protection.source(), now).isPresent()
                && living(protection.standby(), now)
                        .filter(standby -> isElsewhere(protection, standby))
                        .isPresent();
        if (!isDue) {
            return;
        }
        LOG.infof(
                "A standby has another address, its source is told protectionId=%s standby=%s",
                protection.id(), protection.standby());
        SagaId saga = SagaId.random();
        rows.save(protection.in(state.toSyncing(saga), now));
        Job job = Job.accepted(
                protection.user(),
                "req-" + UUID.randomUUID(),
                protection.project(),
                JobKind.PROTECT_SERVER,
                JobSubject.of(protection.instance()),
                now);
        sagas.start(
                saga,
                new Start<>(
                        protectServer,
                        new ProtectServer.Data(
                                protection.instance(),
                                protection.id(),
                                protection.source(),
                                protection.standby(),
                                protection.terms(),
                                Optional.of(protection.terms()),
                                Optional.empty())),
                job);
    }

    private Optional<Host> living(HostId host, Instant now) {
        return fleet.find(host).filter(found -> found.isAlive(now));
    }

    private boolean isElsewhere(Protection protection, Host standby) {
        return rows.link(protection.id())
                .map(URI::getAuthority)
                .filter(known -> !Objects.equals(known, standby.data().getAuthority()))
                .isPresent();
    }
}
