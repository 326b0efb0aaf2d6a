package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Begun;
import cloud.stasis.cli.cloud.Devices.Interface;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Give a server a network interface, whether it runs or not.",
        footer = {
            "",
            "Examples:",
            "  stasis interface-attach --net-id private web-1",
            "  stasis interface-attach --net-id private --fixed-ip 10.0.0.7 --wait web-1"
        })
public final class InterfaceAttach extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--net-id", paramLabel = "NETWORK", description = "id or name (the only one there is)")
    private String network = "";

    @Option(names = "--fixed-ip", paramLabel = "IP", description = "its address (the next free one)")
    private String address = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public InterfaceAttach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Begun<Interface> begun = cloud().devices().attach(of, said(network), said(address));
        Interface made = begun.made();
        if (wait.waits(false)) {
            made = tools().follower()
                    .through(
                            cloud().jobs().begunBy(begun.reply()),
                            "interface of " + of.name(),
                            wait.limit(),
                            follower -> follower.until(port(of, begun.made()), Interface::isSettled, wait.limit()));
        }
        output().one(made, PropertyRows.of(made.json()));
        return ExitCode.OK;
    }

    private Subject<Interface> port(Server of, Interface made) {
        return new Subject<>(
                "port",
                made.id(),
                "interface of " + of.name(),
                "stasis interface-list " + of.id(),
                () -> cloud().devices().interfaceOf(of, made.id()),
                Interface::status);
    }

    private static Optional<String> said(String text) {
        return Optional.of(text).filter(some -> !some.isEmpty());
    }
}
