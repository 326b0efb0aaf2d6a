package cloud.stasis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.WholeCloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What we print for `man` and for `bash`, given to them.
@Timeout(60)
class ShellIntegrationIT {
    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = new Shell(home);
    }

    private record Done(int status, List<String> out, String err) {}

    private Done run(String... command) throws Exception {
        Path out = home.resolve("out");
        Path err = home.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("MANWIDTH", "100");
        int status = builder.start().waitFor();
        return new Done(status, Files.readAllLines(out), Files.readString(err));
    }

    private Path page() throws IOException {
        return Files.writeString(home.resolve("stasis.1"), shell.run("man-page").out(), StandardCharsets.UTF_8);
    }

    @Test
    void manRendersThePage() throws Exception {
        Done man = run("man", "--local-file", page().toString());

        assertThat(man.status()).as(man.err()).isZero();
        String text = String.join("\n", man.out());
        assertThat(text)
                .contains("SYNOPSIS", "   stasis snapshot-revert [OPTIONS] SNAPSHOT\n", "--[no-]wait, --[no-]poll")
                // Lines of examples stay lines.
                .contains("\n         stasis snapshot-revert --disks-only before-upgrade\n")
                // Nothing of its language is left.
                .doesNotContain("\\-", "\\&", ".TP");
        assertThat(man.out()).allSatisfy(line -> assertThat(line).doesNotStartWith("."));
    }

    @Test
    void groffHasNothingToSayAboutThePage() throws Exception {
        Done groff = run("groff", "-man", "-ww", "-Tutf8", "-z", page().toString());

        assertThat(groff.err()).isEmpty();
        assertThat(groff.status()).isZero();
    }

    /// What the shell offers for the last of these words.
    private List<String> completed(String... words) throws Exception {
        return completedWhere("stasis() { :; }", words);
    }

    private List<String> completedWhere(String stasis, String... words) throws Exception {
        Path script = Files.writeString(
                home.resolve("completion"), shell.run("completion", "bash").out(), StandardCharsets.UTF_8);
        // Options of a completion can only be said of one that the shell has begun itself.
        String program = stasis
                + "; compopt() { :; }; source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\";"
                + " COMP_POINT=${#COMP_LINE};"
                + " f=$(complete -p stasis | sed 's/.*-F *\\([^ ]*\\).*/\\1/'); $f stasis;"
                + " printf '%s\\n' \"${COMPREPLY[@]}\"";
        List<String> command = new ArrayList<>(List.of("bash", "--norc", "-c", program, "bash", script.toString()));
        command.addAll(List.of(words));
        Done bash = run(command.toArray(String[]::new));
        assertThat(bash.err()).isEmpty();
        return bash.out().stream().map(String::strip).toList();
    }

    @Test
    void bashCompletesAVerb() throws Exception {
        assertThat(completed("stasis", "snapshot-re")).containsExactlyInAnyOrder("snapshot-revert", "snapshot-restore");
    }

    @Test
    void bashCompletesAnOption() throws Exception {
        assertThat(completed("stasis", "snapshot-revert", "--dis")).containsExactly("--disks-only");
        assertThat(completed("stasis", "clone", "--no-w")).containsExactly("--no-wait");
    }

    @Test
    void bashCompletesNamesThatTheCloudKnows() throws Exception {
        String cloud = "stasis() { [ \"$1 $2\" = 'completion --names' ] && printf '%s-1\\n%s two\\n' \"$3\" \"$3\"; }";

        assertThat(completedWhere(cloud, "stasis", "show", "SER")).containsExactly("SERVER-1", "SERVER\\ two");
        assertThat(completedWhere(cloud, "stasis", "boot", "--image", "")).containsExactly("IMAGE-1", "IMAGE\\ two");
        assertThat(completedWhere(cloud, "stasis", "volume-attach", "web-1", "SERVER,V"))
                .containsExactly("SERVER\\,VOLUME-1", "SERVER\\,VOLUME\\ two");
    }

    @Test
    void namesComeFromTheCloud() {
        try (WholeCloud whole = new WholeCloud()) {
            shell = Shell.loggedInTo(whole.cloud(), home);

            assertThat(shell.run("completion", "--names", "SERVER,VOLUME,nonsense")
                            .out())
                    .isEqualTo("data\nweb-1\n");
        }
    }

    @Test
    void bashCompletesTheValueOfAnOption() throws Exception {
        assertThat(completed("stasis", "clone", "--identity", "RE")).containsExactly("REGENERATE");
    }
}
