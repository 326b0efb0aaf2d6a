package cloud.stasis.cli.cloud;

import cloud.stasis.cli.login.Session;

/// A cloud that one is logged in to, by its APIs.
public record Cloud(
        Session session,
        Compute compute,
        Images images,
        Volumes volumes,
        Attachments attachments,
        Snapshots snapshots,
        Instants instants,
        Policies policies,
        Protections protections,
        Devices devices,
        Stores stores,
        StateBackups stateBackups,
        Doctor doctor,
        Jobs jobs) {

    public static Cloud of(Session session) {
        return new Cloud(
                session,
                new Compute(session),
                new Images(session),
                new Volumes(session),
                new Attachments(session),
                new Snapshots(session),
                new Instants(session),
                new Policies(session),
                new Protections(session),
                new Devices(session),
                new Stores(session),
                new StateBackups(session),
                new Doctor(session),
                new Jobs(session));
    }
}
