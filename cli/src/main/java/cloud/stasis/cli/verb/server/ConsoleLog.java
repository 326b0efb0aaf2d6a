package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Print what a server wrote to its serial console.",
            "A guest may write anything, so control characters are shown as \\xNN unless --raw is given."
        },
        footer = {"", "Examples:", "  stasis console-log --length 20 web-1"})
public final class ConsoleLog extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--length", paramLabel = "LINES", description = "only the last so many lines")
    private @Nullable Integer length;

    @Option(names = "--raw", description = "print it as it is, escape sequences included")
    private boolean raw;

    public ConsoleLog(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server found = cloud().compute().server(server);
        String log = cloud().compute().consoleLog(found, Optional.ofNullable(length));
        if (output().format() == Format.TABLE) {
            String text = raw ? log : SafeText.block(log);
            output().print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
        } else {
            output().document(Json.object().put("output", log));
        }
        return ExitCode.OK;
    }
}
