/// The agent's one door for commands, and what it tells about its guests.
@NullMarked
package cloud.stasis.compute.agent;

import org.jspecify.annotations.NullMarked;
