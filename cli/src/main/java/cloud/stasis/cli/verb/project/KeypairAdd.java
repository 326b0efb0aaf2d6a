package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.cloud.Named;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Make a public key known. There are no private keys in the cloud: ssh-keygen makes one."},
        footer = {"", "Examples:", "  stasis keypair-add --pub-key ~/.ssh/id_ed25519.pub laptop"})
public final class KeypairAdd extends Verb {
    @Parameters(index = "0", paramLabel = "NAME", description = "name of the key pair")
    private String name = "";

    @Option(
            names = {"--pub-key", "--pub_key"},
            paramLabel = "FILE",
            required = true,
            description = "the public key, as ssh-keygen wrote it")
    private Path file = Path.of("");

    public KeypairAdd(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Named made = cloud().compute().addKeypair(name, publicKey());
        output().one(made, PropertyRows.of(made.json()));
        return ExitCode.OK;
    }

    private String publicKey() {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw Failure.command("'" + file + "' cannot be read: " + unreadable.getMessage());
        }
    }
}
