package cloud.stasis.launcher.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;

/// What `swtpm_localca` keeps: the keys that it signs the certificates of new TPMs with, and its lock.
///
/// Debian's package gives the directory to the user `tss`, as which libvirt makes TPMs. A libvirtd that was started
/// before that user existed makes them as root, and what it leaves there is root's: from its next start on, when it
/// knows the user, no guest with a TPM starts any more ("Need read/write rights on .lock.swtpm-localca").
record TpmAuthority(Path directory) {
    static final TpmAuthority OF_THE_MACHINE = new TpmAuthority(Path.of("/var/lib/swtpm-localca"));

    /// Gives each file of the directory to the directory's owner. Does nothing where there is no such directory; if it
    /// fails, the start of a guest with a TPM says what is wrong.
    void giveToItsUser() {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> listed = Files.list(directory)) {
            UserPrincipal user = Files.getOwner(directory);
            List<Path> files = listed.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
            for (Path file : files) {
                if (!Files.getOwner(file).equals(user)) {
                    Files.setOwner(file, user);
                }
            }
        } catch (IOException e) {
            System.err.println(directory + " cannot be given to its user, so guests with a TPM may not start: " + e);
        }
    }
}
