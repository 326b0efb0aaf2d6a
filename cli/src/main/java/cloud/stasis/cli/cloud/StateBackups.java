package cloud.stasis.cli.cloud;

import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// Backups of the control plane's own state, by our own API: for operators.
public final class StateBackups {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;
    private static final String PATH = "state-backups";

    private final Session session;

    public StateBackups(Session session) {
        this.session = session;
    }

    public StateBackup take() {
        return new StateBackup(json(Call.post(SERVICE, PATH)).path("state_backup"));
    }

    public StateBackup one(String id) {
        return new StateBackup(json(Call.get(SERVICE, PATH, id)).path("state_backup"));
    }

    /// The newest first.
    public List<StateBackup> list() {
        List<StateBackup> backups = new ArrayList<>();
        json(Call.get(SERVICE, PATH)).path("state_backups").forEach(json -> backups.add(new StateBackup(json)));
        return backups;
    }

    public Job delete(String id) {
        return new Job(json(Call.delete(SERVICE, PATH, id)).path("job"));
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
