/// Machines on and off.
///
/// Every power-on goes through [PowerOn], because that is where known points are made: a machine starts paused, its
/// checkpoint is set before its first instruction, and only then it runs.
@NullMarked
package cloud.stasis.compute.power;

import org.jspecify.annotations.NullMarked;
