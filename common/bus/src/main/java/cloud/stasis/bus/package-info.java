/// Commands and facts on Kafka, and how a worker carries commands out exactly once in effect.
///
/// A worker has no database. What it must not forget is a small journal on its own disk
/// ([cloud.stasis.bus.CommandJournal]): a command is written there before its Kafka record is acknowledged, and
/// its outcome is written there before it is told. So a worker may die at any line:
///
/// ```
///  record -> journal: accepted -> acknowledged -> carried out -> journal: outcome -> published -> told
///        (1)                  (2)            (3)             (4)                (5)
///  dies at 1   Kafka delivers it again
///  dies at 2   Kafka delivers it again; the journal knows it
///  dies at 3   carried out again after the restart: handlers are repeatable, and reconciliation ran before
///  dies at 4,5 the recorded outcome is told again after the restart
/// ```
///
/// Commands of one key (one instance, one volume) are carried out one after the other, in the order sent;
/// different keys side by side on a bounded pool. Nothing here retries: an outcome of a retryable kind is told
/// but not recorded, so that the same command, sent again, is carried out again.
@NullMarked
package cloud.stasis.bus;

import org.jspecify.annotations.NullMarked;
