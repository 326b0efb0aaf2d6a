/// What the agent asks of a hypervisor, in our own words.
///
/// [Hypervisor] is a handful of small interfaces, one for each concern. Two packages implement them: `libvirt` with
/// real guests, `simulated` with guests that are objects, so that a hundred hosts fit into one test. Both pass
/// `HypervisorContract`.
///
/// **Errors** are `StasisException`s: `INSTANCE_NOT_FOUND` if there is no such domain, `WRONG_STATE` if it is not
/// in a state for this, `HYPERVISOR_UNAVAILABLE` if nobody answers, `HYPERVISOR_FAILED` for whatever our own
/// rules allow and the hypervisor refuses.
///
/// **Threads.** Calls that change one instance come one at a time: the agent's queue sees to that. Calls for
/// different instances, and calls that only look, come from any thread. Listeners must not block.
@NullMarked
package cloud.stasis.compute.hypervisor;

import org.jspecify.annotations.NullMarked;
