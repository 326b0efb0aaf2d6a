/// The store without the service: for operators who have a directory and nothing else. Looks, verifies and
/// restores without changing anything, and pulls from another site. The commands are in
/// [cloud.stasis.image.tool.StoreTool].
///
/// Threads: a process that does one thing and ends.
@NullMarked
package cloud.stasis.image.tool;

import org.jspecify.annotations.NullMarked;
