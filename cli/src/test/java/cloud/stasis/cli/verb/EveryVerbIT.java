package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import cloud.stasis.cli.fake.WholeCloud;
import cloud.stasis.cli.screen.Terminal;
import cloud.stasis.cli.verb.VerbEntry.Effect;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What all verbs have in common, so that a new one cannot forget it. Each needs a line in [#LINES].
class EveryVerbIT {
    private static final String WEB = WholeCloud.WEB;
    private static final String SNAPSHOT = WholeCloud.SNAPSHOT;
    private static final String VOLUME = WholeCloud.VOLUME;
    private static final String IMAGE = WholeCloud.IMAGE;

    /// How each verb is called.
    private static final Map<String, String> LINES = Map.ofEntries(
            Map.entry("list", ""),
            Map.entry("show", WEB),
            Map.entry("boot", "--image " + IMAGE + " --flavor 7 web-1"),
            Map.entry("delete", WEB),
            Map.entry("start", WEB),
            Map.entry("stop", WEB),
            Map.entry("reboot", WEB),
            Map.entry("pause", WEB),
            Map.entry("unpause", WEB),
            Map.entry("suspend", WEB),
            Map.entry("resume", WEB),
            Map.entry("shelve", WEB),
            Map.entry("unshelve", WEB),
            Map.entry("resize", WEB + " m1.tiny"),
            Map.entry("resize-confirm", WEB),
            Map.entry("resize-revert", WEB),
            Map.entry("rescue", WEB),
            Map.entry("unrescue", WEB),
            Map.entry("rebuild", WEB + " " + IMAGE),
            Map.entry("rename", WEB + " web-2"),
            Map.entry("meta", WEB + " set tier=gold"),
            Map.entry("lock", WEB),
            Map.entry("unlock", WEB),
            Map.entry("backup", WEB + " nightly daily 7"),
            Map.entry("instance-action-list", WEB),
            Map.entry("server-group-list", ""),
            Map.entry("console-log", WEB),
            Map.entry("interface-list", WEB),
            Map.entry("interface-attach", WEB),
            Map.entry("interface-detach", WEB + " " + WholeCloud.PORT),
            Map.entry("volume-attachments", WEB),
            Map.entry("volume-attach", WEB + " " + VOLUME),
            Map.entry("volume-detach", WEB + " " + VOLUME),
            Map.entry("link", WEB + " " + WholeCloud.PORT + " down"),
            Map.entry("medium-insert", WEB + " " + IMAGE),
            Map.entry("medium-eject", WEB),
            Map.entry("flavor-list", ""),
            Map.entry("flavor-show", "m1.tiny"),
            Map.entry("image-list", ""),
            Map.entry("image-show", IMAGE),
            Map.entry("image-create", WEB + " demo"),
            Map.entry("image-upload", "--file {file} demo"),
            Map.entry("image-save", "--file {saved} " + IMAGE),
            Map.entry("image-delete", IMAGE),
            Map.entry("volume-list", ""),
            Map.entry("volume-show", VOLUME),
            Map.entry("volume-create", "--size 2 data"),
            Map.entry("volume-extend", VOLUME + " 4"),
            Map.entry("volume-delete", VOLUME),
            Map.entry("volume-snapshot-list", ""),
            Map.entry("volume-snapshot-create", VOLUME + " nightly"),
            Map.entry("volume-snapshot-delete", WholeCloud.VOLUME_SNAPSHOT),
            Map.entry("keypair-list", ""),
            Map.entry("keypair-add", "--pub-key {file} laptop"),
            Map.entry("keypair-delete", "laptop"),
            Map.entry("limits", ""),
            Map.entry("quota-show", ""),
            Map.entry("quota-update", "--cores 200 --gigabytes 1000 project"),
            Map.entry("snapshot-quota-show", ""),
            Map.entry("snapshot-quota-update", "--snapshots 50 project"),
            Map.entry("snapshot-quota-delete", "project"),
            Map.entry("snapshot-create", WEB + " before"),
            Map.entry("snapshot-list", ""),
            Map.entry("snapshot-show", SNAPSHOT),
            Map.entry("snapshot-tree", WEB),
            Map.entry("snapshot-verdict", SNAPSHOT),
            Map.entry("clone", SNAPSHOT + " web-2"),
            Map.entry("snapshot-revert", SNAPSHOT),
            Map.entry("snapshot-undo", WEB),
            Map.entry("snapshot-protect", SNAPSHOT),
            Map.entry("snapshot-restore", SNAPSHOT),
            Map.entry("snapshot-volume", SNAPSHOT + " data"),
            Map.entry("snapshot-delete", SNAPSHOT),
            Map.entry("instant-list", ""),
            Map.entry("instant-show", WholeCloud.INSTANT),
            Map.entry("instant-revert", WholeCloud.INSTANT),
            Map.entry("instant-delete", WholeCloud.INSTANT),
            Map.entry("policy-create", "--server " + WEB + " --every 6h gold"),
            Map.entry("policy-list", ""),
            Map.entry("policy-show", WholeCloud.POLICY),
            Map.entry("policy-update", "--every 6h " + WholeCloud.POLICY),
            Map.entry("policy-delete", WholeCloud.POLICY),
            Map.entry("policy-run", WholeCloud.POLICY),
            Map.entry("protect", "--interval 200ms " + WEB),
            Map.entry("unprotect", WEB),
            Map.entry("failover", WEB),
            Map.entry("protection-show", WEB),
            Map.entry("protection-list", ""),
            Map.entry("push", "--to lyon --all"),
            Map.entry("pull", "--from lyon --all"),
            Map.entry("store-adopt", "--all"),
            Map.entry("store-usage", ""),
            Map.entry("store-limit", "--kept 5 project"),
            Map.entry("state-backup", ""),
            Map.entry("state-list", ""),
            Map.entry("state-delete", WholeCloud.STATE),
            Map.entry("job-list", ""),
            Map.entry("job-show", WholeCloud.JOB),
            Map.entry("job-follow", WholeCloud.JOB),
            Map.entry("job-cancel", WholeCloud.DOOMED),
            Map.entry("job-retry", WholeCloud.JOB),
            Map.entry("host-list", ""),
            Map.entry("doctor", ""),
            Map.entry("version", ""),
            Map.entry("logout", ""),
            Map.entry("completion", "bash"),
            Map.entry("man-page", ""));

    /// What they print is for another program.
    private static final Set<String> SCRIPTS = Set.of("completion", "man-page");

    /// Those that make something print it, and not the job.
    private static final Map<String, String> MADE = Map.ofEntries(
            Map.entry("boot", WEB),
            Map.entry("backup", IMAGE),
            Map.entry("image-create", IMAGE),
            Map.entry("image-upload", IMAGE),
            Map.entry("interface-attach", WholeCloud.PORT),
            Map.entry("volume-attach", VOLUME),
            Map.entry("volume-create", VOLUME),
            Map.entry("volume-snapshot-create", WholeCloud.VOLUME_SNAPSHOT),
            Map.entry("snapshot-create", SNAPSHOT),
            Map.entry("state-backup", WholeCloud.STATE));

    /// Deleting an image is no job, a backup of the state is none yet, and an upload is our own work.
    private static final Set<String> WITHOUT_JOB = Set.of("image-delete", "image-upload", "state-backup");

    @TempDir
    Path home;

    private final WholeCloud whole = new WholeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() throws IOException {
        shell = Shell.loggedInTo(whole.cloud(), home);
        Files.writeString(home.resolve("file"), "hello");
    }

    @AfterEach
    void tearDown() {
        whole.close();
    }

    static Stream<String> all() {
        return VerbEntry.ALL.stream().map(VerbEntry::name);
    }

    static Stream<String> workers() {
        return VerbEntry.ALL.stream()
                .filter(verb -> verb.effect() == Effect.WORKS)
                .map(VerbEntry::name);
    }

    static Stream<String> others() {
        return VerbEntry.ALL.stream()
                .filter(verb -> verb.effect() != Effect.WORKS)
                .map(VerbEntry::name);
    }

    private Run run(String verb, String... options) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of(options));
        String line = LINES.get(verb)
                .replace("{file}", home.resolve("file").toString())
                .replace("{saved}", home.resolve("saved").toString());
        Arrays.stream(line.split(" ")).filter(word -> !word.isEmpty()).forEach(arguments::add);
        return shell.run(arguments.toArray(String[]::new));
    }

    @Test
    void hasALineHere() {
        assertThat(LINES.keySet()).containsExactlyInAnyOrderElementsOf(all().toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void hasHelpWithAnExampleOfItself(String verb) {
        String help = shell.run("help", verb).out();

        assertThat(help).startsWith("Usage: stasis " + verb).contains("\nExamples:\n  ");
        String examples = help.substring(help.indexOf("\nExamples:\n"));
        assertThat(examples).contains("stasis " + verb);
    }

    /// An example that is wrong is worse than none.
    @ParameterizedTest
    @MethodSource("all")
    void hasExamplesThatItUnderstands(String verb) {
        shell.run("help", verb)
                .out()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("stasis " + verb + " ") && !line.endsWith("\\"))
                .forEach(example -> {
                    List<String> words = words(example);
                    assertThat(shell.run(words.toArray(String[]::new)).status())
                            .as(example)
                            .isNotEqualTo(2);
                });
    }

    /// As a shell splits them, up to a pipe.
    private static List<String> words(String example) {
        String command = example.replaceFirst("^stasis ", "").replaceFirst(" [|>].*", "");
        List<String> words = new ArrayList<>();
        for (String part : command.split(" (?=(?:[^']*'[^']*')*[^']*$)")) {
            words.add(part.replace("'", ""));
        }
        return words;
    }

    @ParameterizedTest
    @MethodSource("all")
    void saysSomething(String verb) {
        Run run = run(verb);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out() + run.err()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("all")
    void printsADocumentThatProgramsRead(String verb) throws IOException {
        if (SCRIPTS.contains(verb)) {
            return;
        }
        JsonNode json = new ObjectMapper().readTree(run(verb, "--json").out());

        assertThat(json.isContainerNode()).as(json.toString()).isTrue();
        assertThat(json).as(json.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    void printsTheSameAsYaml(String verb) throws IOException {
        if (SCRIPTS.contains(verb)) {
            return;
        }
        JsonNode yaml = new YAMLMapper().readTree(run(verb, "--yaml").out());

        assertThat(yaml.isContainerNode()).as(yaml.toString()).isTrue();
        assertThat(yaml).as(yaml.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("workers")
    void whatStartsWorkTellsWhoeverDoesNotWaitWhatItBegan(String verb) {
        Run run = run(verb, "--no-wait", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains(begun(verb));
        assertThat(shell.lastWords()).noneMatch(words -> words.contains("job-follow"));
    }

    private static String begun(String verb) {
        return switch (verb) {
            case "image-delete" -> IMAGE;
            case "job-cancel" -> WholeCloud.DOOMED;
            case "policy-run" -> WEB;
            default -> MADE.getOrDefault(verb, WholeCloud.JOB);
        };
    }

    @ParameterizedTest
    @MethodSource("workers")
    void whatStartsWorkShowsHowFarItIsAndHowItIsFollowed(String verb) {
        if (WITHOUT_JOB.contains(verb)) {
            assertThat(run(verb, "--wait", "--json").status()).isZero();
            return;
        }
        Run run = run(verb, "--wait", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("uploading 10%", "ETA 1:15");
        String job = verb.equals("job-cancel") ? WholeCloud.DOOMED : WholeCloud.JOB;
        assertThat(shell.lastWords())
                .anyMatch(words -> words.startsWith("Job " + job + " goes on. Follow it:  stasis job-follow " + job));
        if (!verb.equals("doctor")) {
            assertThat(run.out()).contains(verb.equals("policy-run") ? WholeCloud.JOB : begun(verb));
        }
    }

    @ParameterizedTest
    @MethodSource("workers")
    void whatStartsWorkDrawsABarOnATerminal(String verb) {
        if (WITHOUT_JOB.contains(verb)) {
            return;
        }
        shell.terminal(new Terminal.Features(true, true, true, false, 120));

        assertThat(run(verb, "--wait").err()).contains("[##------------------]  10%", "ETA 1:15");
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsDoneWhenAnsweredHasNothingToWaitFor(String verb) {
        Run run = run(verb, "--wait");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--wait");
    }

    @ParameterizedTest
    @MethodSource("workers")
    void whatStartsWorkGoesAlsoWhereThereAreNoJobs(String verb) throws IOException {
        if (!isOpenStacks(verb)) {
            return;
        }
        whole.cloud().hideSnapshotsInCatalogue();
        shell.set("OS_AUTH_URL", whole.cloud().url() + "/keystone/v3");
        whole.cloud().logsInAt("/keystone/v3");

        Run run = run(verb, "--wait", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(new ObjectMapper().readTree(run.out())).isNotEmpty();
        assertThat(whole.cloud().lines()).noneMatch(line -> line.contains(" /snapshot/"));
    }

    /// Whether every OpenStack cloud knows what it asks for.
    private static boolean isOpenStacks(String verb) {
        List<String> ours = List.of(
                "snapshot-",
                "clone",
                "instant-",
                "policy-",
                "protect",
                "unprotect",
                "failover",
                "push",
                "pull",
                "store-",
                "state-",
                "job-",
                "doctor",
                "link",
                "medium-");
        return ours.stream().noneMatch(verb::startsWith);
    }
}
