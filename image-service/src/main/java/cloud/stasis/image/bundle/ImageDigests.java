package cloud.stasis.image.bundle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Computes the md5 and sha512 of the file that a download of an image gives, in the background: one image at a
/// time, and only half of the time while anybody moves data through the store. Ends early when the image is
/// dropped or replaced.
public final class ImageDigests {
    private static final int PIECE_BYTES = 1024 * 1024;

    /// How often it looks whether anyone still wants to know: after 64 MiB.
    private static final int PIECES_BETWEEN_CHECKS = 64;

    /// The longest single rest.
    private static final Duration LONGEST_REST = Duration.ofMillis(100);

    private final Repository repository;
    private final ImageFiles files;
    private final BooleanSupplier busy;

    /// @param busy whether others move data through the store now
    public ImageDigests(Repository repository, ImageFiles files, BooleanSupplier busy) {
        this.repository = repository;
        this.files = files;
        this.busy = busy;
    }

    /// @throws StasisException `IMAGE_NOT_FOUND` if there is no such image, or there is another one by now
    CommandResult.Digested digest(ReferenceName name, CommandContext context) {
        Optional<Reference> reference = repository.reference(name);
        ContentSource file = files.file(name);
        MessageDigest md5 = checksum("MD5");
        MessageDigest sha512 = checksum("SHA-512");
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, file.size().bytes())];
        long at = 0;
        for (int pieces = 1; at < file.size().bytes(); pieces++) {
            long begin = System.nanoTime();
            int length = (int) Math.min(piece.length, file.size().bytes() - at);
            read(file, at, ByteBuffer.wrap(piece, 0, length));
            md5.update(piece, 0, length);
            sha512.update(piece, 0, length);
            at += length;
            if (pieces % PIECES_BETWEEN_CHECKS == 0) {
                context.checkCancelled();
                context.progress(Phase.SETTLING, ByteCount.ofBytes(at), file.size());
                requireSame(name, reference);
            }
            restAfter(Duration.ofNanos(System.nanoTime() - begin));
        }
        return new CommandResult.Digested(
                file.size(),
                HexFormat.of().formatHex(md5.digest()),
                HexFormat.of().formatHex(sha512.digest()));
    }

    private void requireSame(ReferenceName name, Optional<Reference> before) {
        if (!parts(repository.reference(name)).equals(parts(before))) {
            throw new StasisException(ErrorCode.IMAGE_NOT_FOUND, name + " was dropped or replaced meanwhile");
        }
    }

    /// What is said of an image may change meanwhile.
    private Optional<List<Part>> parts(Optional<Reference> reference) {
        return reference.map(known -> repository.manifest(known.manifest()).parts());
    }

    /// As long as the work took, if others have work to do.
    private void restAfter(Duration work) {
        if (!busy.getAsBoolean()) {
            return;
        }
        try {
            Thread.sleep(work.compareTo(LONGEST_REST) < 0 ? work : LONGEST_REST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "the computation of checksums was interrupted", e);
        }
    }

    private static void read(ContentSource file, long at, ByteBuffer into) {
        try {
            file.read(at, into);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "an image could not be read", e);
        }
    }

    private static MessageDigest checksum(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
