package cloud.stasis.compute.protect;

import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.compute.hypervisor.LiveInstants.Series;
import cloud.stasis.compute.protect.EpochHeader.Extent;
import cloud.stasis.compute.protect.Epochs.Encoding;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.QcowScratch;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes one epoch after the other of a machine that stays the same process with the same disks.
///
/// ```
///  runs     what is dirty of the RAM, if that may be much; room for the disks of the instant
///  stands   dirty pages are copied, devices are saved, disks are cut, output is put aside
///  runs     pages are encoded, disks are copied by the hypervisor and read
/// ```
///
/// For one thread.
final class EpochTaker implements AutoCloseable {
    /// What is dirty is told before the pause if an epoch is whole, or if the last one was this many pages: in the
    /// pause it would take 20 ms.
    private static final int MANY_PAGES = 16384;

    private static final int MAX_ROUNDS = 4;

    /// A machine that stood still for longer has been let go on by its watchdog.
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final Source source;
    private Series series;
    private final DirtyPages dirty;
    private final Former former;
    private final PageLog log;
    private final Path directory;
    private final Clock clock;
    private final BitSet told = new BitSet();
    private long lastPages = MANY_PAGES;

    /// What an epoch is of.
    ///
    /// @param guard told before a pause and after it
    interface Source {
        EpochHeader header(
                long epoch, long base, Instant at, ByteCount ram, Extent pages, List<EpochHeader.Disk> disks);

        /// The device archive, with what firmware keeps now.
        byte[] archive();

        /// Whether the guest runs, or was paused by its owner.
        boolean runs();

        void pauses();

        void goesOn();
    }

    /// @param bytes of the file
    /// @param paused how long the guest stood still
    /// @param covers whether what was put aside of the output waits for this one
    record Taken(long epoch, Path file, long bytes, Instant at, Duration paused, boolean covers) {}

    /// What an epoch builds on.
    ///
    /// @param base 0 if it is whole
    /// @param since the instant since which parts of the disks are told; all if empty
    /// @param pages all, or those that changed since the last one
    record Basis(long base, Optional<Long> since, Extent pages) {
        static final Basis NOTHING = new Basis(0, Optional.empty(), Extent.WHOLE);
    }

    /// @param directory for files of its own
    EpochTaker(Source source, Series series, DirtyPages dirty, Path directory, Path formerFile, Clock clock) {
        this.source = source;
        this.series = series;
        this.dirty = dirty;
        this.directory = directory;
        this.former = Former.create(formerFile, series.ramSize());
        this.log = new PageLog(directory.resolve("dirty"));
        this.clock = clock;
    }

    Series series() {
        return series;
    }

    /// The instance was let alone in between, and is the same.
    void goOnWith(Series again) {
        series = again;
    }

    DirtyPages dirty() {
        return dirty;
    }

    /// @param after what becomes of a guest that ran
    Taken take(long epoch, Basis basis, After after) {
        Path file = directory.resolve(epoch + ".epoch");
        EpochHeader header =
                source.header(epoch, basis.base(), clock.instant(), series.ramSize(), basis.pages(), disks(basis));
        Path body = directory.resolve("body");
        told.clear();
        boolean runs = source.runs();
        series.prepareDisks(epoch);
        // The header names the instant, which is not known yet: what comes before the pause is kept aside.
        try (EpochWriter early = EpochWriter.create(body, header, Encoding.PLAIN)) {
            if (basis.pages() == Extent.WHOLE || lastPages >= MANY_PAGES) {
                approach(early);
            }
            early.end();
        }
        Pause pause = pause(epoch, basis, runs, after);
        EpochHeader exact =
                source.header(epoch, basis.base(), pause.at(), series.ramSize(), basis.pages(), disks(basis));
        try (EpochWriter writer = EpochWriter.create(file, exact, Encoding.ZSTD)) {
            copy(body, writer);
            encode(writer);
            writer.state(pause.state());
            writer.machine(pause.archive());
            disks(writer, exact.disks(), series.awaitDisks());
            return new Taken(epoch, file, writer.end(), pause.at(), pause.took(), pause.covers());
        } catch (IOException e) {
            HostFiles.delete(file);
            throw HostFiles.failure("write an epoch", e);
        } finally {
            HostFiles.delete(body);
        }
    }

    enum After {
        GOES_ON,
        STANDS_STILL
    }

    private List<EpochHeader.Disk> disks(Basis basis) {
        List<EpochHeader.Disk> disks = new ArrayList<>();
        series.disks()
                .forEach((target, size) -> disks.add(
                        new EpochHeader.Disk(target, size, basis.since().isPresent() ? Extent.CHANGED : Extent.WHOLE)));
        return disks;
    }

    private void approach(EpochWriter writer) {
        long last = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            long[] count = {0};
            dirty.collect(former, (number, bytes) -> {
                byte[] page = new byte[Epochs.PAGE];
                bytes.get(page);
                write(writer, number, page);
                count[0]++;
            });
            if (count[0] < MANY_PAGES / 4 || count[0] >= last) {
                return;
            }
            last = count[0];
        }
    }

    private record Pause(Instant at, Duration took, ByteBuffer state, byte[] archive, boolean covers) {}

    private Pause pause(long epoch, Basis basis, boolean runs, After after) {
        long begin = System.nanoTime();
        if (runs) {
            source.pauses();
        }
        boolean done = false;
        try {
            if (runs) {
                series.pause();
            }
            Instant at = clock.instant();
            dirty.collect(former, log);
            ByteBuffer state = series.deviceState();
            byte[] archive = source.archive();
            // After the state: QEMU flushes all its files for that, and those of a copy that has begun take long.
            series.cutDisks(epoch, basis.since());
            boolean covers = series.putAside();
            done = true;
            if (runs && after == After.GOES_ON) {
                series.goOn();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (took.compareTo(LONGEST_PAUSE) > 0) {
                throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "the instance stood still for too long");
            }
            return new Pause(at, took, state, archive, covers);
        } finally {
            if (runs && !done) {
                series.goOn();
            }
            // Of a guest that is to stand still nobody lets it go on by himself.
            if (runs) {
                source.goesOn();
            }
        }
    }

    private void encode(EpochWriter writer) throws IOException {
        long[] count = {0};
        log.drain((number, page) -> {
            write(writer, number, page);
            count[0]++;
        });
        lastPages = count[0];
    }

    /// A page that was told before in this epoch is not told as a difference: the standby knows only the epoch
    /// before.
    private void write(EpochWriter writer, long number, byte[] page) throws IOException {
        boolean again = told.get(Math.toIntExact(number));
        if (StoredBlob.isZero(page, 0, Epochs.PAGE)) {
            writer.zeroPage(number);
        } else if (again || !former.isKnown(number)) {
            writer.page(number, How.OWN, page, 0);
        } else {
            writer.page(number, How.XOR, difference(number, page), 0);
        }
        told.set(Math.toIntExact(number));
        former.put(number, page);
    }

    private byte[] difference(long number, byte[] page) {
        byte[] difference = new byte[Epochs.PAGE];
        former.page(number).asByteBuffer().get(difference);
        for (int place = 0; place < Epochs.PAGE; place++) {
            difference[place] ^= page[place];
        }
        return difference;
    }

    private static void copy(Path body, EpochWriter writer) {
        try (EpochReader reader = EpochReader.open(body)) {
            reader.read(new CopyOfPages(writer));
        }
    }

    private static void disks(EpochWriter writer, List<EpochHeader.Disk> disks, Map<DeviceName, Path> copied)
            throws IOException {
        int number = 0;
        for (Path scratch : copied.values()) {
            try (FileChannel file = FileChannel.open(scratch, StandardOpenOption.READ)) {
                disk(writer, number, disks.get(number).parts(), file);
            }
            number++;
            HostFiles.delete(scratch);
        }
    }

    /// A disk may hold zeros of its own, as one that has been a standby's: they are no data either.
    private static void disk(EpochWriter writer, int number, Extent parts, FileChannel file) throws IOException {
        byte[] cluster = new byte[QcowScratch.CLUSTER];
        for (QcowScratch.Part part : QcowScratch.parts(file)) {
            int length = Math.toIntExact(part.extent().length());
            if (!part.isZeros()) {
                read(file, part.at(), cluster, length);
            }
            if (!part.isZeros() && !StoredBlob.isZero(cluster, 0, length)) {
                writer.data(number, part.extent().offset(), ByteBuffer.wrap(cluster, 0, length));
            } else if (parts == Extent.CHANGED) {
                writer.zeros(number, part.extent().offset(), length);
            }
        }
    }

    /// What lies behind the end of the file was never written, and is zeros.
    private static void read(FileChannel file, long at, byte[] into, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(into, 0, length);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {
            // Until it is full.
        }
        Arrays.fill(into, bytes.position(), length, (byte) 0);
    }

    @Override
    public void close() {
        try (former;
                log;
                dirty;
                Series _ = series) {
            // All are closed whatever happens.
        }
    }
}
