package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.screen.Tree;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Draw a server's snapshots by descent, the oldest first.",
            "A fork is where the server was reverted and went on from there.",
            "Stored is what the capture added to the store: all else was there already."
        },
        footer = {"", "Examples:", "  stasis snapshot-tree web-1"})
public final class SnapshotTree extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public SnapshotTree(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        List<Snapshot> all = cloud().snapshots().tree(of);
        if (output().format() == Format.TABLE) {
            boolean unicode = tools().terminal().features().unicode();
            output().print(new Tree<>(Snapshot::id, Snapshot::parent, SnapshotTree::label, unicode).render(all));
        } else {
            output().list(List.of(), all);
        }
        return ExitCode.OK;
    }

    private static String label(Snapshot snapshot) {
        List<String> words = new ArrayList<>(List.of(snapshot.name(), snapshot.id()));
        if (!snapshot.takenAt().isEmpty()) {
            words.add(Quantities.time(snapshot.takenAt()));
        }
        snapshot.size().ifPresent(size -> words.add(SnapshotView.size(Optional.of(size))));
        if (snapshot.hasMemory()) {
            words.add("with memory");
        }
        if (snapshot.isSafety()) {
            words.add("safety");
        }
        if (snapshot.isProtected()) {
            words.add("protected");
        }
        snapshot.own().ifPresent(own -> words.add("own " + SnapshotView.size(Optional.of(own))));
        if (snapshot.isCurrent()) {
            words.add("<- the server is here");
        }
        return String.join("  ", words);
    }
}
