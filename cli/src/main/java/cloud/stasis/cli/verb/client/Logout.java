package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;

@Command(
        description = {
            "Revoke the token that is kept for this login, and forget it.",
            "Tokens are kept under ~/.cache/stasis so that most commands are one request."
        },
        footer = {"", "Examples:", "  stasis logout"})
public final class Logout extends Verb {
    public Logout(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        boolean was = cloud().session().end();
        if (output().format() == Format.TABLE) {
            output().say(was ? "Logged out." : "There was no token for this login.");
        } else {
            output().document(Json.object().put("logged_out", was));
        }
        return ExitCode.OK;
    }
}
