/// What a person may choose about the one-machine cloud, and where it keeps its things.
///
/// A **setting** comes from the environment, else from `etc/stasis.env` of the home, else it has a default. The
/// **home** is the one directory in which everything lives. **Secrets** are made once, at the first start, and
/// kept in that file.
///
/// Values only, no threads.
@NullMarked
package cloud.stasis.launcher.settings;

import org.jspecify.annotations.NullMarked;
