/// `stasis`, the command line of a Stasis cloud. It speaks the OpenStack APIs and our own, and works with other
/// OpenStack clouds as far as those go.
///
/// A command flows `Stasis` -> `verb.Program` -> one verb -> `cloud` (the APIs) over `login` (who and where) over
/// `http`, then `follow` (waiting) and `screen` (showing). Start-up is a feature: no framework, no scanning, no
/// reflection on verbs that were not called, nothing loaded that this call does not need.
@NullMarked
package cloud.stasis.cli;

import org.jspecify.annotations.NullMarked;
