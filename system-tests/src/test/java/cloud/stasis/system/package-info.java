/// The whole cloud, driven from outside as its users drive it: the unmodified OpenStack clients, `stasis`,
/// plain HTTP.
///
/// All tests of one run share one cloud ([cloud.stasis.system.OneMachineCloud]), started by `./dev up` with a
/// home and ports of its own, so that a developer's cloud on the same machine is left alone. Tests name what
/// they make after themselves and remove it.
package cloud.stasis.system;
