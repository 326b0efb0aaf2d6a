package cloud.stasis.launcher.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TpmAuthorityTest {
    @TempDir
    Path directory;

    /// Runs as root, as the launcher does.
    @Test
    void whatRootLeftThereIsGivenToTheUserOfTheDirectory() throws IOException {
        Path lock = Files.createFile(directory.resolve(".lock.swtpm-localca"));
        Path elsewhere = Files.createFile(directory.resolveSibling("elsewhere-" + directory.getFileName()));
        Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
        UserPrincipal root = Files.getOwner(lock);
        UserPrincipal user =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(directory, user);

        new TpmAuthority(directory).giveToItsUser();

        assertThat(Files.getOwner(lock)).isEqualTo(user);
        assertThat(Files.getOwner(link)).as("what a link leads to").isEqualTo(root);
        Files.delete(elsewhere);
    }

    @Test
    void aMachineWithoutSwtpmHasNothingToGive() {
        Path none = directory.resolve("none");
        new TpmAuthority(none).giveToItsUser();
        assertThat(none).doesNotExist();
    }
}
