package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.doctor.Doctor;
import cloud.stasis.gateway.doctor.Examinations;
import cloud.stasis.gateway.doctor.ExamineHost;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// The doctor and its saga.
@Singleton
class DoctorBeans {
    @Produces
    @Singleton
    ExamineHost examineHost(Examinations examinations, Clock clock) {
        return new ExamineHost(examinations, clock);
    }

    @Produces
    @Singleton
    Doctor doctor(
            Transactions transactions,
            Fleet fleet,
            Instances instances,
            SnapshotRows snapshots,
            ProtectionRows protections,
            Examinations examinations,
            SagaRunner sagas,
            ExamineHost examineHost,
            Clock clock) {
        return new Doctor(
                transactions, fleet, instances, snapshots, protections, examinations, sagas, examineHost, clock);
    }
}
