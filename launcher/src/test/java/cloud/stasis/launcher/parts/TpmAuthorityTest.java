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
        Path authority = Files.createDirectory(directory.resolve("authority"));
        Path lock = Files.createFile(authority.resolve(".lock.swtpm-localca"));
        Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
        Files.createSymbolicLink(authority.resolve("link"), elsewhere);
        UserPrincipal root = Files.getOwner(lock);
        UserPrincipal user =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(authority, user);

        new TpmAuthority(authority).giveToItsUser();

        assertThat(Files.getOwner(lock)).isEqualTo(user);
        assertThat(Files.getOwner(elsewhere)).as("what a link leads to").isEqualTo(root);
    }

    @Test
    void aMachineWithoutSwtpmHasNothingToGive() {
        Path none = directory.resolve("none");
        new TpmAuthority(none).giveToItsUser();
        assertThat(none).doesNotExist();
    }
}
