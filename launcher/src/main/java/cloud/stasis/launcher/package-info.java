/// The one-machine cloud: broker, database, libvirt and the services, each a process of its own, started,
/// watched and stopped from one command line.
///
/// The **launcher** is the short-lived process behind `./dev up`, `down` and `status`. It leaves nothing but
/// files behind: a **part** is found again by its pid file, so that a crash of anything, the launcher included,
/// is mended by running `up` again.
///
/// One launcher works at a time (a lock in the home); inside it, parts are started and watched from a few
/// virtual threads.
@NullMarked
package cloud.stasis.launcher;

import org.jspecify.annotations.NullMarked;
