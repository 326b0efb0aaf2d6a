package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.cloud.Doctor;
import cloud.stasis.cli.cloud.Finding;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Compare the tables, the trees of snapshots, and each host's libvirt and files, and print every difference",
            "with what mends it. What is being worked on is not looked at. Nothing is changed without --repair."
        },
        footer = {"", "Exit status: 0 if all is well or was mended, 1 if something is left."})
public final class Examine extends Verb {
    /// A host's agent waits for what it does with its instances.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final List<Column<Finding>> COLUMNS = List.of(
            Column.of("Where", Finding::where),
            Column.of("What", Finding::subject),
            Column.of("Difference", Finding::difference),
            Column.of("Repair", Finding::plan),
            Column.of("Safe", finding -> finding.isSafe() ? "yes" : "no"),
            Column.status("Outcome", Finding::outcome));

    @Option(names = "--repair", description = "carry out what is safe: what cannot lose anything")
    private boolean repair;

    public Examine(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Doctor doctor = cloud().doctor();
        Doctor.Repair how = repair ? Doctor.Repair.SAFE : Doctor.Repair.NONE;
        List<Finding> findings = new ArrayList<>(doctor.tables(how));
        boolean complete = true;
        for (Doctor.ExaminedHost host : doctor.hosts()) {
            complete &= examine(doctor, host, how, findings);
        }
        if (!findings.isEmpty() || output().format() != Format.TABLE) {
            output().list(COLUMNS, findings);
        } else if (complete) {
            output().say("No differences.");
        }
        return complete && findings.stream().allMatch(Finding::isMended) ? ExitCode.OK : ExitCode.FAILED;
    }

    /// One host that cannot be examined does not keep the others from it.
    private boolean examine(Doctor doctor, Doctor.ExaminedHost host, Doctor.Repair how, List<Finding> findings) {
        if (!host.isAlive()) {
            tools().terminal().note("Host " + host.id() + " does not tell of itself and is not examined.");
            return false;
        }
        try {
            Job job = doctor.begin(host, how);
            tools().follower().job(job, "examine " + host.id(), PATIENCE);
            findings.addAll(doctor.found(host));
            return true;
        } catch (Failure failure) {
            tools().terminal().err().println(SafeText.line(failure.line()));
            return false;
        }
    }
}
