package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        description = "Print a script that completes verbs, options and names of what there is in the shell.",
        footer = {
            "",
            "Examples:",
            "  source <(stasis completion bash)",
            "  stasis completion bash > /etc/bash_completion.d/stasis"
        })
public final class Completion extends Verb {
    /// One script serves both: in zsh it loads bashcompinit.
    private enum Shell {
        BASH,
        ZSH
    }

    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh (bash)")
    private Shell shell = Shell.BASH;

    @Option(names = "--names", hidden = true, paramLabel = "KINDS", description = "for the script that is printed")
    private @Nullable String kinds;

    @Spec
    private @Nullable CommandSpec spec;

    public Completion(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        if (kinds != null) {
            output().print(NameCompletion.names(cloud(), kinds));
            return ExitCode.OK;
        }
        CommandSpec self = Objects.requireNonNull(spec);
        output().print(AutoComplete.bash("stasis", self.root().commandLine()) + NameCompletion.script(self.root()));
        return ExitCode.OK;
    }
}
