/// What a kill left, found and ended, before any command is served.
///
/// Every effect of the agent has something written before it: an intent, a pending capture, a prepared layer. So
/// what is found here has a name and one right way to end; what has no name is rubbish, unless a machine that
/// runs has it open.
@NullMarked
package cloud.stasis.compute.reconcile;

import org.jspecify.annotations.NullMarked;
