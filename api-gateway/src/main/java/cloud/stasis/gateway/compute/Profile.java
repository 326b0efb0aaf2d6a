package cloud.stasis.gateway.compute;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What a tenant says of a server, and may change at any time; it has no effect on the machine.
public record Profile(
        String name,
        Optional<String> description,
        String hostname,
        Optional<String> keyName,
        Map<String, String> metadata,
        Set<String> tags,
        Remarks remarks,
        Optional<Lock> lock) {
    public static final int MAX_NAME_LENGTH = 255;
    /// Entries of metadata, as in the compute API.
    public static final int MAX_METADATA = 128;

    public static final int MAX_TAGS = 50;
    public static final int MAX_TAG_LENGTH = 60;

    private static final int MAX_HOSTNAME_LENGTH = 63;
    private static final Pattern NOT_IN_HOSTNAMES = Pattern.compile("[^a-z0-9.-]+");
    private static final Pattern NOT_AT_ITS_ENDS = Pattern.compile("^[.-]+|[.-]+$");

    public Profile {
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "A server's name has 1 to 255 characters.");
        }
        if (metadata.size() > MAX_METADATA) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED, "Maximum number of metadata items exceeds " + MAX_METADATA);
        }
        if (tags.size() > MAX_TAGS) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "The number of tags exceeded the per-server limit " + MAX_TAGS);
        }
        metadata = Map.copyOf(metadata);
        tags = Set.copyOf(tags);
    }

    /// What a server of this name calls itself, unless it is told otherwise.
    public static String hostname(String name) {
        String plain = NOT_IN_HOSTNAMES.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
        String trimmed = NOT_AT_ITS_ENDS.matcher(plain).replaceAll("");
        return trimmed.isEmpty() ? "server" : trimmed.substring(0, Math.min(trimmed.length(), MAX_HOSTNAME_LENGTH));
    }

    public Profile named(String next) {
        return new Profile(next, description, hostname, keyName, metadata, tags, remarks, lock);
    }

    public Profile described(Optional<String> next) {
        return new Profile(name, next, hostname, keyName, metadata, tags, remarks, lock);
    }

    public Profile hosted(String next) {
        return new Profile(name, description, next, keyName, metadata, tags, remarks, lock);
    }

    public Profile with(Map<String, String> next) {
        return new Profile(name, description, hostname, keyName, next, tags, remarks, lock);
    }

    public Profile tagged(Set<String> next) {
        return new Profile(name, description, hostname, keyName, metadata, next, remarks, lock);
    }

    public Profile locked(Optional<Lock> next) {
        return new Profile(name, description, hostname, keyName, metadata, tags, remarks, next);
    }

    public Profile remarked(Remarks next) {
        return new Profile(name, description, hostname, keyName, metadata, tags, next, lock);
    }

    /// In the order in which they are shown.
    public Set<String> sortedTags() {
        return new TreeSet<>(tags);
    }
}
