package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Devices.Interface;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Take a network interface from a server. A guest that runs has to let it go.",
        footer = {"", "Examples:", "  stasis interface-detach --wait web-1 0f1e2d3c-4b5a-4968-8776-655443322110"})
public final class InterfaceDetach extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "as interface-list shows it")
    private String port = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public InterfaceDetach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Subject<Interface> gone = new Subject<>(
                "port",
                port,
                "interface of " + of.name(),
                "stasis interface-list " + of.id(),
                () -> cloud().devices().interfaceOf(of, port),
                Interface::status);
        Reply reply = cloud().devices().detach(of, port);
        output().say("Request to detach port " + port + " has been accepted.");
        return work(
                wait,
                Patience.RETURNS,
                Work.of("interface of " + of.name(), of, () -> cloud().jobs().begunBy(reply), (follower, limit) -> {
                    follower.gone(gone, _ -> Optional.empty(), limit);
                    return of;
                }));
    }
}
