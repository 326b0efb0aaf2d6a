/// What surrounds a command: variables, time, interruption. Handed in, so that tests need no process and no sleep.
@NullMarked
package cloud.stasis.cli.process;

import org.jspecify.annotations.NullMarked;
