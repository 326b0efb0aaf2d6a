/// The processes of the one-machine cloud: what each is called, how it is started, and when it counts as ready.
///
/// A **part** is one process. **Foundations** (broker, database, libvirt) are ready before **services** start.
///
/// Parts are descriptions; starting and stopping them is the cloud's work. Readiness checks are called from one
/// thread each.
@NullMarked
package cloud.stasis.launcher.parts;

import org.jspecify.annotations.NullMarked;
