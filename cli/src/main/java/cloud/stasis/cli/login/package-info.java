/// Who calls, where the cloud is, and a token for it.
///
/// Words: a **parameter** is one of the settings that every OpenStack client knows by the same name (`OS_USERNAME`,
/// `--os-username`, `username` in clouds.yaml); **settings** are parameters understood; a **login** is a token with
/// the catalogue that came with it; a **session** sends calls with it and renews it once when the cloud refuses it.
/// Logins are kept in a private file between commands, so that most commands are one request. Used from one thread;
/// several processes may share the cache.
@NullMarked
package cloud.stasis.cli.login;

import org.jspecify.annotations.NullMarked;
