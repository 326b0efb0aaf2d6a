/// Processes that outlive the launcher: started detached, found again, measured, stopped.
///
/// A process is told apart by its **mark** (pid, start time, boot), because a pid alone may belong to somebody
/// else by now. The process writes its own pid file before it becomes what it is, so that no kill of the
/// launcher can leave one behind that nobody knows.
///
/// Everything here is stateless or guarded by the launcher's lock; waiting methods block the calling thread up
/// to their deadline.
@NullMarked
package cloud.stasis.launcher.process;

import org.jspecify.annotations.NullMarked;
