/// How much of everything a project may have. Usage is counted from the rows each time that somebody asks for
/// more, under a lock on the project, so that it cannot drift and requests side by side cannot exceed it
/// together.
@NullMarked
package cloud.stasis.gateway.quota;

import org.jspecify.annotations.NullMarked;
