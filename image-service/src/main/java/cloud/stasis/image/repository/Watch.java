package cloud.stasis.image.repository;

import cloud.stasis.image.blob.NoteName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// For how long each note has said the same, by this process's own time: nobody's clock is compared with
/// anybody else's. Safe on any thread.
///
/// Time in which nobody looked counts, but only so much of it: who was stopped for an hour, perhaps with the whole
/// machine, finds the notes of those who were stopped with it as they were, and must not take that for an hour of
/// silence.
final class Watch {
    /// @param said the same for this long at the last look
    /// @param looked when that was
    private record Seen(byte[] bytes, Duration said, Duration looked) {
        boolean says(byte[] others) {
            return Arrays.equals(bytes, others);
        }
    }

    private final Uptime uptime;
    private final Duration longest;
    private final Map<NoteName, Seen> notes = new HashMap<>();

    /// @param longest what counts of the time between two looks
    Watch(Uptime uptime, Duration longest) {
        this.uptime = uptime;
        this.longest = longest;
    }

    /// @param bytes what the note says now
    synchronized Duration unchanged(NoteName note, byte[] bytes) {
        Duration now = uptime.now();
        Seen before = notes.get(note);
        Duration said = before != null && before.says(bytes)
                ? before.said.plus(shorter(now.minus(before.looked), longest))
                : Duration.ZERO;
        notes.put(note, new Seen(bytes, said, now));
        return said;
    }

    /// Forgets about notes that are not there any more.
    synchronized void keepOnly(NoteName.Folder folder, Collection<NoteName> there) {
        notes.keySet().removeIf(note -> note.folder() == folder && !there.contains(note));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
