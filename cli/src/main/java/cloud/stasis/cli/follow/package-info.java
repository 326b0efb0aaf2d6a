/// Waits for what goes on in the cloud, and shows it: jobs by their events, servers and images by asking.
///
/// A wait always has an end, an interruption says how to go on, and a gateway that is away for a moment (a restart)
/// does not end it. Nothing that is waited for depends on us: whoever stops waiting stops nothing.
@NullMarked
package cloud.stasis.cli.follow;

import org.jspecify.annotations.NullMarked;
