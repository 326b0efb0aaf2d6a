/// An instance back to a snapshot.
///
/// First the verdict: whether everything that is needed is there, from local layers or from the store. Only then
/// the machine is touched. What was frozen is never written again, so any snapshot can be reverted to any number
/// of times, in any order.
@NullMarked
package cloud.stasis.compute.revert;

import org.jspecify.annotations.NullMarked;
