package cloud.stasis.image.upload;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One checksum over everything that comes, in order, on a thread of its own.
final class ChecksumLane implements AutoCloseable {
    private final MessageDigest checksum;
    private final ExecutorService thread;

    ChecksumLane(String algorithm) {
        try {
            this.checksum = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("checksum-" + algorithm).factory());
    }

    /// @param whenFree run as soon as `bytes` may be changed again
    void add(byte[] bytes, int length, Runnable whenFree) {
        thread.execute(() -> {
            checksum.update(bytes, 0, length);
            whenFree.run();
        });
    }

    /// Lower-case hexadecimal. Nothing can be added any more.
    String finish() {
        Future<byte[]> digest = thread.submit(() -> checksum.digest());
        try {
            return HexFormat.of().formatHex(digest.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "an upload was interrupted", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a checksum failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
