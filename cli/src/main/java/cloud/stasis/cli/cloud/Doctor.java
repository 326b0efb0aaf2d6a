package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Whether tables, hypervisors and files agree, by our own API.
public final class Doctor {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;

    private final Session session;

    public Doctor(Session session) {
        this.session = session;
    }

    public enum Repair {
        NONE,
        SAFE
    }

    /// @param isAlive whether it told of itself lately
    public record ExaminedHost(String id, boolean isAlive) {}

    public List<ExaminedHost> hosts() {
        List<ExaminedHost> hosts = new ArrayList<>();
        json(Call.get(SERVICE, "hosts"))
                .path("hosts")
                .forEach(host -> hosts.add(new ExaminedHost(
                        Json.text(host, "id"), host.path("alive").asBoolean(false))));
        return hosts;
    }

    /// Compares the tables with themselves.
    public List<Finding> tables(Repair repair) {
        JsonNode answer = json(Call.post(SERVICE, "tables", "examine").json(body(repair)));
        return findings("tables", answer);
    }

    /// Begins to compare a host with the tables.
    public Job begin(ExaminedHost host, Repair repair) {
        return new Job(json(Call.post(SERVICE, "hosts", host.id(), "examine").json(body(repair)))
                .path("job"));
    }

    /// What that found.
    public List<Finding> found(ExaminedHost host) {
        JsonNode answer = json(Call.get(SERVICE, "hosts", host.id(), "examination"));
        if (!Json.text(answer.path("examination"), "status").equals("done")) {
            throw Failure.local(
                    FailureType.JOB_FAILED,
                    "host " + host.id() + " was not examined: " + Json.text(answer.path("examination"), "error"));
        }
        return findings(host.id(), answer);
    }

    private static List<Finding> findings(String where, JsonNode answer) {
        List<Finding> findings = new ArrayList<>();
        answer.path("examination").path("findings").forEach(finding -> findings.add(new Finding(where, finding)));
        return findings;
    }

    private static ObjectNode body(Repair repair) {
        return Json.object().put("repair", repair == Repair.SAFE);
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
