package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;

@Command(
        description = {
            "Revoke the token that is kept for this login, and forget it.",
            "Tokens are kept under ~/.cache/stasis so that most commands are one request."
        })
public final class Logout extends Verb {
    public Logout(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        boolean was = cloud().session().end();
        output().say(was ? "Logged out." : "There was no token for this login.");
        return ExitCode.OK;
    }
}
