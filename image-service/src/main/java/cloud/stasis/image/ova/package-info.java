/// Bundles as one file that other hypervisors understand, and back: an OVA is a tar of a description (OVF), of what
/// it names, and of hashes of all of it.
///
/// ```
/// bundle.ovf             the machine in the words of DSP0243: its disks, and every other file as a reference
/// disk-vda.qcow2 ...     each disk, made up as it is read
/// memory, devices.json, domain.xml                  as the store has them
/// stasis-manifest.json   the manifest: who understands it gets the whole bundle back, hash by hash
/// bundle.mf              SHA-256 of everything before; last, so that it is known when it is reached
/// ```
/// Nothing of the file exists anywhere but in the answer to whoever reads it. On the way in the archive is taken for
/// hostile: what is not named by the description, or named by anything but a plain name, is refused.
///
/// Threads: an export belongs to one reader; an import to one upload.
@NullMarked
package cloud.stasis.image.ova;

import org.jspecify.annotations.NullMarked;
