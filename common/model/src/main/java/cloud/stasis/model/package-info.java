/// The words of Stasis as types: ids, sizes, states, errors, and what a bundle is made of.
///
/// Depends on the JDK alone, so that every module, the CLI included, may use it. Everything here is
/// immutable and safe on any thread. One word per thing; the words are explained in `ARCHITECTURE.md`.
@NullMarked
package cloud.stasis.model;

import org.jspecify.annotations.NullMarked;
