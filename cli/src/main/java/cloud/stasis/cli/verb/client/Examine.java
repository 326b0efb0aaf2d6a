package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.cloud.Doctor;
import cloud.stasis.cli.cloud.Finding;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Compare the tables, the trees of snapshots, and each host's libvirt and files, and print every difference",
            "with what mends it. What is being worked on is not looked at. Nothing is changed without --repair."
        },
        footer = {
            "",
            "Examples:",
            "  stasis doctor",
            "  stasis doctor --repair --timeout 10m",
            "",
            "Exit status: 0 if all is well or was mended, 1 if something is left."
        })
public final class Examine extends Verb {

    private static final List<Column<Finding>> COLUMNS = List.of(
            Column.of("Where", Finding::where),
            Column.of("What", Finding::subject),
            Column.of("Difference", Finding::difference),
            Column.of("Repair", Finding::plan),
            Column.of("Safe", finding -> finding.isSafe() ? "yes" : "no"),
            Column.status("Outcome", Finding::outcome));

    @Option(names = "--repair", description = "carry out what is safe: what cannot lose anything")
    private boolean repair;

    private boolean isStillRunning;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public Examine(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Doctor doctor = cloud().doctor();
        Doctor.Repair how = repair ? Doctor.Repair.SAFE : Doctor.Repair.NONE;
        List<Finding> findings = new ArrayList<>(doctor.tables(how));
        boolean complete = true;
        List<Begun> begun = new ArrayList<>();
        for (Doctor.ExaminedHost host : doctor.hosts()) {
            complete &= begin(doctor, host, how, begun);
        }
        if (!wait.waits(true)) {
            return left(findings, begun, complete);
        }
        for (Begun examination : begun) {
            complete &= await(doctor, examination, findings);
        }
        if (!findings.isEmpty() || output().format() != Format.TABLE) {
            output().list(COLUMNS, findings);
        } else if (complete) {
            output().say("No differences.");
        }
        return isStillRunning ? ExitCode.STILL_RUNNING : outcome(findings, complete);
    }

    private static ExitCode outcome(List<Finding> findings, boolean complete) {
        return complete && findings.stream().allMatch(Finding::isMended) ? ExitCode.OK : ExitCode.FAILED;
    }

    /// A host that is being examined.
    private record Begun(Doctor.ExaminedHost host, Job job) {}

    /// One host that cannot be examined does not keep the others from it.
    private boolean begin(Doctor doctor, Doctor.ExaminedHost host, Doctor.Repair how, List<Begun> begun) {
        if (!host.isAlive()) {
            tools().terminal().note("Host " + host.id() + " does not tell of itself and is not examined.");
            return false;
        }
        return trying(() -> begun.add(new Begun(host, doctor.begin(host, how))));
    }

    private boolean await(Doctor doctor, Begun examination, List<Finding> findings) {
        return trying(() -> {
            tools().follower()
                    .job(examination.job(), "examine " + examination.host().id(), wait.limit());
            findings.addAll(doctor.found(examination.host()));
        });
    }

    private boolean trying(Runnable step) {
        try {
            step.run();
            return true;
        } catch (Failure failure) {
            tools().terminal().err().println(SafeText.line(failure.line()));
            isStillRunning |= failure.is(FailureType.TIMEOUT);
            return false;
        }
    }

    /// Nobody waits for the hosts: what the tables say, and the jobs.
    private ExitCode left(List<Finding> findings, List<Begun> begun, boolean complete) {
        if (output().format() == Format.TABLE) {
            if (!findings.isEmpty()) {
                output().list(COLUMNS, findings);
            }
        } else {
            ObjectNode document = Json.object();
            findings.forEach(finding -> document.withArray("findings").add(finding.json()));
            begun.forEach(examination ->
                    document.withArray("jobs").add(examination.job().json()));
            output().document(document);
        }
        begun.forEach(examination -> tools().terminal()
                .note("Host " + examination.host().id() + " is examined. Follow it:  stasis job-follow "
                        + examination.job().id()));
        return outcome(findings, complete);
    }
}
