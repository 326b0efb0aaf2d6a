package cloud.stasis.image.blob;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A backend: objects, which never change, and notes, which do.
///
/// **Contract.** An object is there whole and durable, or not at all: not to a reader, not after a crash, not
/// after a failed write. The same goes for what a note says. Who asks after a write has returned sees it,
/// whichever process wrote it. All calls are repeatable. Failures are `NO_SPACE` or `STORE_UNAVAILABLE` unless
/// said otherwise. Nothing is verified here; see [VerifyingBlobStore].
public interface BlobStore extends AutoCloseable {
    /// Stores an object; durable when it returns. Does nothing if it is there: equal names mean equal bytes.
    void put(ObjectName name, byte[] bytes);

    boolean exists(ObjectName name);

    /// All incarnations of an object.
    List<ObjectName> find(ObjectName.Kind kind, Digest digest);

    /// A whole object.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`; `MALFORMED_OBJECT` if it is larger than `limit`
    byte[] get(ObjectName name, ByteCount limit);

    /// Fills `into` with bytes of an object.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`; `MALFORMED_OBJECT` if it ends before
    void read(ObjectName name, long offset, ByteBuffer into);

    /// Tells every object of a kind and its size, in any order. What is put or removed meanwhile may or may not
    /// be told.
    void list(ObjectName.Kind kind, BiConsumer<ObjectName, ByteCount> consumer);

    /// Takes a damaged object out of sight, durably, and keeps it for people to look at: it is not there any
    /// more. Does nothing if there is none.
    void quarantine(ObjectName name);

    /// Removes an object for good, durably; does nothing if there is none.
    void delete(ObjectName name);

    /// @throws StasisException `MALFORMED_OBJECT` if there is more than [NoteName#MAX_BYTES]
    Optional<byte[]> note(NoteName name);

    /// Compare-and-set: replaces a note if it says `expected`, or makes it if `expected` is empty and there is
    /// none. Durable when it returns; a crash leaves the old or the new one.
    ///
    /// @throws StasisException `STALE_GENERATION` if it says something else; nothing was changed
    void setNote(NoteName name, Optional<byte[]> expected, byte[] next);

    /// Removes a note, durably; does nothing if there is none.
    void dropNote(NoteName name);

    /// Compare-and-remove: the same if it says `expected`; does nothing if there is none. A bucket whose server does
    /// not compare when it deletes may remove what was set in the instant between.
    ///
    /// @throws StasisException `STALE_GENERATION` if it says something else; nothing was changed
    void dropNote(NoteName name, byte[] expected);

    List<NoteName> notes(NoteName.Folder folder);

    /// Room that is left for objects.
    ByteCount free();

    /// Writes and removes something.
    ///
    /// @throws StasisException if objects could not be written now
    void probe();

    @Override
    void close();
}
