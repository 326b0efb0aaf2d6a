package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Plug the cable of a network interface in or out.",
            "Cables of clones that are isolated, or go on mid-instruction with new addresses, are out at first."
        },
        footer = {"", "Examples:", "  stasis link web-1 0f1e2d3c-4b5a-4968-8776-655443322110 down"})
public final class LinkChange extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "as interface-list shows it")
    private String port = "";

    @Parameters(index = "2", paramLabel = "STATE", description = "up or down")
    private State state = State.UP;

    @Mixin
    private final WaitOption wait = new WaitOption();

    /// What is asked of a cable.
    public enum State {
        UP,
        DOWN
    }

    public LinkChange(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Job job = cloud().devices()
                .link(cloud().compute().server(server), port, state.name().toLowerCase(Locale.ROOT));
        return work(wait, Patience.WAITS, Work.of(job, "cable of " + server));
    }
}
