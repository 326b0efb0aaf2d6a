/// Servers: what a tenant's machine is, what may be done with it when, and the sagas that do it.
///
/// An [cloud.stasis.gateway.compute.Instance] is one row. At most one saga at a time works on it: whoever begins
/// something locks the row, checks that its state allows it and enters the saga's id
/// ([cloud.stasis.gateway.compute.InstanceState]); from then on only that saga changes the state, except that a
/// deletion takes over from any other. What the hypervisor tells of its power
/// ([cloud.stasis.messages.Fact.InstanceObserved]) is taken whenever it comes.
///
/// Services such as [cloud.stasis.gateway.compute.Servers] run one transaction for each call: check, change the
/// row, enter the job, begin the saga. Sagas: one file each.
@NullMarked
package cloud.stasis.gateway.compute;

import org.jspecify.annotations.NullMarked;
