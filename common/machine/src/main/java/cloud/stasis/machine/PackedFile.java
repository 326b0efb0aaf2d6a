package cloud.stasis.machine;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// What the file of a device held, the variables of a firmware or the state of a TPM: gzip in base64, since most of it
/// is empty. It may come from anywhere: it is unpacked within bounds, and nothing but that device ever reads it.
///
/// @param gzip of the whole file, in pieces that any reader of JSON takes
public record PackedFile(List<String> gzip) {
    /// As OVMF's is; that of a TPM is less.
    private static final int MAX_BYTES = 1 << 20;

    /// What random bytes of that size come to.
    private static final int MAX_TEXT = 2 * MAX_BYTES;

    private static final int PIECE = 256 * 1024;

    public PackedFile {
        gzip = List.copyOf(gzip);
        if (gzip.stream().mapToLong(String::length).sum() > MAX_TEXT) {
            throw tooLarge();
        }
    }

    /// Empty if there is no such file: the machine has never been on.
    public static Optional<PackedFile> read(Path file) {
        try {
            if (Files.notExists(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_BYTES) {
                throw tooLarge();
            }
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream pack = new GZIPOutputStream(packed)) {
                pack.write(Files.readAllBytes(file));
            }
            return Optional.of(new PackedFile(pieces(Base64.getEncoder().encodeToString(packed.toByteArray()))));
        } catch (IOException e) {
            throw HostFiles.failure("read what a device keeps", e);
        }
    }

    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); at += PIECE) {
            pieces.add(text.substring(at, Math.min(text.length(), at + PIECE)));
        }
        return pieces;
    }

    public void write(Path file) {
        byte[] bytes = bytes();
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw HostFiles.failure("write what a device keeps", e);
        }
        HostFiles.sync(file);
    }

    private byte[] bytes() {
        try (GZIPInputStream unpack =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(String.join("", gzip))))) {
            byte[] bytes = unpack.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge();
            }
            return bytes;
        } catch (IOException | IllegalArgumentException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "what a device keeps is damaged", e);
        }
    }

    private static StasisException tooLarge() {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "what a device keeps is too large");
    }
}
