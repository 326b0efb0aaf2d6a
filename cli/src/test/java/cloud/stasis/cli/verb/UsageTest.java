package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {
    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void setUp() {
        shell = new Shell(home);
    }

    @Test
    void helpNamesEveryVerbAndTheExitCodes() {
        Run run = shell.run("--help");

        assertThat(run.status()).isZero();
        VerbEntry.ALL.forEach(verb -> assertThat(run.out()).contains("\n  " + verb.name() + " "));
        assertThat(run.out()).contains("Exit status: 0 done");
    }

    @Test
    void everyVerbHasHelpThatDescribesItsParameters() {
        for (VerbEntry verb : VerbEntry.ALL) {
            Run run = shell.run(verb.name(), "--help");

            assertThat(run.status()).as(verb.name()).isZero();
            assertThat(run.out()).as(verb.name()).startsWith("Usage: stasis " + verb.name());
            assertThat(run.out()).as(verb.name()).doesNotContain("--os-username");
        }
    }

    @Test
    void helpOfAVerbShowsItsExamples() {
        assertThat(shell.run("help", "snapshot-create").out())
                .contains("stasis snapshot-create --memory web-1 before-upgrade");
    }

    @Test
    void anUnknownVerbIsWrongUsageWithASuggestion() {
        Run run = shell.run("snapshot-lst");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("ERROR (Usage): 'snapshot-lst' is not a verb; did you mean: snapshot-list");
    }

    @Test
    void noVerbAtAllIsWrongUsage() {
        assertThat(shell.run().status()).isEqualTo(2);
    }

    @Test
    void aMissingArgumentIsWrongUsage() {
        Run run = shell.run("show");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("""
                ERROR (Usage): Missing required parameter: 'SERVER'
                Try 'stasis show --help'.
                """);
    }

    @Test
    void aHostileArgumentDoesNotReachTheTerminal() {
        assertThat(shell.run("list", "--\u001b[2J").err()).doesNotContain("\u001b");
        assertThat(shell.run("\u001b[2J").err()).doesNotContain("\u001b");
    }

    @Test
    void aValueThatIsAlsoAVerbIsStillAValue() {
        Run run = shell.run("show", "list");

        assertThat(run.err()).startsWith("ERROR (CommandError): no login");
    }

    @Test
    void withoutALoginTheMessageSaysWhatToSet() {
        Run run = shell.run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("ERROR (CommandError): no login: OS_AUTH_URL is not set. Set OS_AUTH_URL or --os-auth-url,"
                        + " or name an entry of clouds.yaml with --os-cloud\n");
    }

    @Test
    void anAuthUrlThatIsNoneIsAClearError() {
        shell.set("OS_USERNAME", "u").set("OS_PASSWORD", "p");
        for (String wrong : new String[] {"ftp://x", "nonsense", "http://", "http://a b", "file:///etc/passwd"}) {
            Run run = shell.set("OS_AUTH_URL", wrong).run("list");

            assertThat(run.status()).as(wrong).isEqualTo(1);
            assertThat(run.err()).as(wrong).startsWith("ERROR (CommandError): OS_AUTH_URL is ");
        }
    }

    @Test
    void versionNeedsNoCloud() {
        assertThat(shell.run("version").out()).contains("| stasis ");
        assertThat(shell.run("--version").out()).startsWith("stasis ");
    }

    @Test
    void theManualPageHasEveryVerbAndOption() {
        String page = shell.run("man-page").out();

        assertThat(page).startsWith(".TH STASIS 1");
        VerbEntry.ALL.forEach(
                verb -> assertThat(page).contains(".SS stasis " + verb.name().replace("-", "\\-") + " "));
        assertThat(page).contains(".B \\-\\-os\\-auth\\-url=VALUE", "\\-\\-[no\\-]wait");
    }

    @Test
    void completionKnowsEveryVerb() {
        String script = shell.run("completion", "bash").out();

        VerbEntry.ALL.forEach(verb -> assertThat(script).contains(verb.name()));
        assertThat(shell.run("completion", "fish").status()).isEqualTo(2);
    }
}
