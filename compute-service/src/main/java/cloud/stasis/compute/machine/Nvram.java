package cloud.stasis.compute.machine;

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

/// What the file of a firmware's variables held: gzip in base64, since most of it is empty flash. It may come from
/// anywhere: it is unpacked within bounds, and nothing but the guest's firmware ever reads it.
///
/// @param gzip of the whole file, in pieces that any reader of JSON takes
public record Nvram(List<String> gzip) {
    /// As OVMF's is.
    private static final int MAX_BYTES = 1 << 20;

    /// What random bytes of that size come to.
    private static final int MAX_TEXT = 2 * MAX_BYTES;

    private static final int PIECE = 256 * 1024;

    public Nvram {
        gzip = List.copyOf(gzip);
        if (gzip.stream().mapToLong(String::length).sum() > MAX_TEXT) {
            throw tooLarge();
        }
    }

    /// Empty if there is no such file: the machine has never been on.
    public static Optional<Nvram> read(Path file) {
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
            return Optional.of(new Nvram(pieces(Base64.getEncoder().encodeToString(packed.toByteArray()))));
        } catch (IOException e) {
            throw HostFiles.failure("read the variables of the firmware", e);
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
            throw HostFiles.failure("write the variables of the firmware", e);
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
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the variables of the firmware are damaged", e);
        }
    }

    private static StasisException tooLarge() {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "the variables of the firmware are too large");
    }
}
