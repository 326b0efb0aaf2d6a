package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// Machines whose instants are taken again and again, many times a second, with as little as possible done to them.
public interface LiveInstants {
    /// Begins; what a former process left of it is ended, but for its records of writes.
    ///
    /// @param output whether what the guest sends is held from here on
    /// @throws cloud.stasis.model.StasisException `WRONG_STATE` if the machine is off, if others than the
    /// hypervisor cannot see its RAM, or if it has disks that are not files of their own
    Series open(InstanceId instance, Output output);

    /// Lets go of all that a [Series] of any process has left in the machine: records of writes, and held output,
    /// which is sent. Succeeds if there is nothing.
    void clear(InstanceId instance);

    enum Output {
        FREE,
        HELD
    }

    /// The instants of one machine. One thread at a time uses it. Whoever takes one pauses the machine, reads, and
    /// lets it go on; the disks of the instant are there a while later.
    interface Series extends AutoCloseable {
        /// The RAM, to be opened and read.
        Path ram();

        ByteCount ramSize();

        /// The process of the machine.
        long process();

        /// Another series with the same one is of the same process and the same files.
        Object identity();

        /// What the disks are, in the order of their names, and how large.
        SortedMap<DeviceName, ByteCount> disks();

        /// The instants since which it is recorded, for all disks, what was written: all of them in a row.
        SortedSet<Long> recorded();

        /// Makes room for the disks of the next instant, while the machine runs.
        void prepareDisks(long instant);

        void pause();

        void goOn();

        /// Of the machine while it is paused.
        ByteBuffer deviceState();

        /// Makes an instant of the disks while the machine is paused: from here on it is recorded what is written
        /// after `instant`, and what was written since `since`, or everything, is being copied aside.
        ///
        /// @param instant of [#prepareDisks]
        /// @param since one of [#recorded]
        void cutDisks(long instant, Optional<Long> since);

        /// Waits until all is copied that [#cutDisks] began.
        ///
        /// @return a [cloud.stasis.disks.QcowScratch] of each disk, which the caller removes
        Map<DeviceName, Path> awaitDisks();

        /// It is not recorded any more what was written after instants that are earlier than this.
        void forgetBefore(long instant);

        /// While the machine is paused: what it has sent so far is put aside, to be let out by [#letOut]. Does
        /// nothing if something is put aside already, since that may wait for an earlier instant.
        ///
        /// @return whether it was put aside
        boolean putAside();

        /// What was put aside is sent.
        void letOut();

        /// Output is not held any more, and all that was is sent.
        void release();

        /// Ends what is being copied. Records of writes and held output stay, for the next series.
        @Override
        void close();
    }
}
