/// Disks as files on a host: how they are layered, and how their bytes are read while others use them.
///
/// **Words.** A [LayeredDisk] is a directory with the *layers* of one disk. Each layer stands on another one, on
/// an image's content (a raw file), or on nothing. One layer is *active*: the guest writes there. The others are
/// *frozen*: what is visible through them never changes again, so it may have a name in the store, its `Content`.
/// A *held* layer is one that a snapshot names.
///
/// **Formats.** [LayerFiles] says how a layer is kept in a file. [QcowLayers] does it with QEMU's tools; whatever
/// else passes `LayerFilesContract` will do.
///
/// **Bytes** are read through NBD ([NbdClient]), from `qemu-nbd` or from a running QEMU, never by opening the file
/// ourselves: QEMU alone knows its formats and its locks.
///
/// **Threads.** [NbdClient] and everything that reads through it may be used from several threads. A [LayeredDisk] is
/// owned by one thread at a time; the owner sees to that (commands of one instance run one after the other).
@NullMarked
package cloud.stasis.disks;

import org.jspecify.annotations.NullMarked;
