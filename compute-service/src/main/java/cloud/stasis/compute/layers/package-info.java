/// Keeps the chains of layers short, after the fact and slowly.
///
/// Each snapshot with memory adds a layer to each disk. What a deleted snapshot leaves in the middle of a chain
/// is folded into its neighbour, and when a chain is too long all the same, the host parts with its copy of the
/// oldest snapshots: the store has them.
///
/// **Threads.** In the queue of the instance, behind the command that made it worth while.
@NullMarked
package cloud.stasis.compute.layers;

import org.jspecify.annotations.NullMarked;
