/// One instant of a machine, brought into the store.
///
/// Two ways to cut the instant, and each belongs to one command:
///
/// ```
///  CaptureDisks      the disks alone, while the guest runs on
///                    freeze ─ export + checkpoint ─ thaw          read what changed since a known point, upload
///                    (off: read the active layer)
///
///  CaptureInstance   memory and disks
///                    pause ─ memory to a file, disks to new layers, checkpoint ─ resume
///                                                                 read the frozen layers and the file, upload
/// ```
///
/// The guest is concerned in the left part only. It is one local step under a watchdog; the right part may take
/// as long as it likes, fail, or be done again by the next process.
///
/// Afterwards the capture is *pending*: whether the next one may build on it is decided by [SettleCapture].
@NullMarked
package cloud.stasis.compute.capture;

import org.jspecify.annotations.NullMarked;
