package cloud.stasis.image.sync;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The peers of this site: a file of properties, read again whenever somebody asks, so that a change needs no restart.
///
/// ```
/// lyon.url     = https://images.lyon.example
/// lyon.key     = MCowBQYDK2VwAyEA...          what `stasis store key` prints there
/// lyon.rights  = pull, push                   what lyon may do here; none if it is left out
/// lyon.project = 6f1c...                      whose is what it pushes; nobody's until it is adopted if left out
/// ```
public final class Peers {
    /// What such a file has at most.
    private static final int MAX_PEERS = 256;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final SiteKey own;
    private final Path file;
    private final Clock clock;

    public Peers(SiteKey own, Path file, Clock clock) {
        this.own = own;
        this.file = file;
        this.clock = clock;
    }

    /// @throws StasisException `INVALID_REQUEST` if there is none of that name
    public Peer named(String name) {
        return all().stream()
                .filter(peer -> peer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "the store knows no peer \"" + name + "\": describe it in " + file));
    }

    /// @throws StasisException `ACCESS_DENIED` if there is none with that key
    Peer signing(Digest fingerprint) {
        return all().stream()
                .filter(peer -> SiteKey.fingerprint(peer.key()).equals(fingerprint))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.ACCESS_DENIED, "this site is not known here: its key has to be entered as a peer's"));
    }

    SiteSeal seal() {
        return new SiteSeal(own, clock);
    }

    Site open(String name) {
        return new RemoteSite(named(name), seal());
    }

    private List<Peer> all() {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | IllegalArgumentException e) {
            throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the peers in " + file + " cannot be read", e);
        }
        Set<String> names = properties.stringPropertyNames().stream()
                .map(key -> key.substring(0, Math.max(0, key.lastIndexOf('.'))))
                .collect(Collectors.toSet());
        if (names.size() > MAX_PEERS) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a site has at most " + MAX_PEERS + " peers");
        }
        List<Peer> peers = new ArrayList<>();
        names.forEach(name -> peers.add(peer(name, properties)));
        return peers;
    }

    private Peer peer(String name, Properties properties) {
        Optional<String> url = Optional.ofNullable(properties.getProperty(name + ".url"));
        Optional<String> key = Optional.ofNullable(properties.getProperty(name + ".key"));
        if (!NAME.matcher(name).matches() || url.isEmpty() || key.isEmpty()) {
            throw invalid(name, "needs a name of letters, digits and dashes, a url and a key");
        }
        try {
            return new Peer(
                    name,
                    URI.create(url.get().strip()),
                    SiteKey.parse(key.get().strip()),
                    rights(properties.getProperty(name + ".rights", "")),
                    Optional.ofNullable(properties.getProperty(name + ".project"))
                            .map(project -> new ProjectId(project.strip())));
        } catch (IllegalArgumentException | StasisException e) {
            throw invalid(name, String.valueOf(e.getMessage()));
        }
    }

    private static Set<Peer.Right> rights(String text) {
        Set<Peer.Right> rights = EnumSet.noneOf(Peer.Right.class);
        Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .forEach(word -> rights.add(Peer.Right.valueOf(word.toUpperCase(Locale.ROOT))));
        return rights;
    }

    private StasisException invalid(String name, String why) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "the peer \"" + name + "\" in " + file + ": " + why);
    }
}
