/// The store without the service: for operators who have a directory and nothing else. Looks, verifies and
/// restores; never changes anything in the store. The commands are in [cloud.stasis.image.tool.StoreTool].
///
/// Threads: a process that does one thing and ends.
@NullMarked
package cloud.stasis.image.tool;

import org.jspecify.annotations.NullMarked;
