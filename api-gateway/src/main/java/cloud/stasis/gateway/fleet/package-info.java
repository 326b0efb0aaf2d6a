/// The workers of this deployment: hosts, storage backends and the image store, as their heartbeats show them;
/// and which of them gets new work.
///
/// A worker is *alive* while it was heard of lately. Nothing is ever taken from a worker that fell silent: its
/// instances may well run on. It only gets nothing new.
@NullMarked
package cloud.stasis.gateway.fleet;

import org.jspecify.annotations.NullMarked;
