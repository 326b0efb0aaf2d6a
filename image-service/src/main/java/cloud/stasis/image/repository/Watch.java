package cloud.stasis.image.repository;

import cloud.stasis.image.blob.NoteName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// For how long each note has said the same, by this process's own time: nobody's clock is compared with
/// anybody else's. Safe on any thread.
final class Watch {
    private record Seen(byte[] bytes, Duration since) {
        boolean says(byte[] others) {
            return Arrays.equals(bytes, others);
        }
    }

    private final Uptime uptime;
    private final Map<NoteName, Seen> notes = new HashMap<>();

    Watch(Uptime uptime) {
        this.uptime = uptime;
    }

    /// @param bytes what the note says now
    synchronized Duration unchanged(NoteName note, byte[] bytes) {
        Duration now = uptime.now();
        Seen seen = notes.get(note);
        if (seen == null || !seen.says(bytes)) {
            seen = new Seen(bytes, now);
            notes.put(note, seen);
        }
        return now.minus(seen.since);
    }

    /// Forgets about notes that are not there any more.
    synchronized void keepOnly(NoteName.Folder folder, Collection<NoteName> there) {
        notes.keySet().removeIf(note -> note.folder() == folder && !there.contains(note));
    }
}
