/// Sagas: how the gateway carries out what takes more than one worker, or more than a moment.
///
/// **Words.** A *saga* is a list of *steps*; each step is one command to one worker. It moves *forward* until all
/// steps are done (*completed*) or one fails for good; then *backward*: the failing step's own undo first, since
/// it may have half happened, then those of the steps before it, until everything is *undone*. From its *commit
/// point* on a saga only moves forward. What can go neither way is *stuck*: an operator sees it and may ask
/// again.
///
/// **How it is made.** [SagaEngine] is a pure function from state and input to [Decision]. [SagaRunner] carries
/// the decision out: new state, changed resource rows, the job, the next command in the outbox and the mark that
/// the fact was consumed commit in one transaction, or none of them does. So the process may die at any line.
///
/// **Retry** is here and nowhere else in the gateway. A command is named by saga, step and direction, so sending
/// it again is asking again, never doing twice. Silence and an unknown outcome are asked again and never unwound.
/// A failure that may pass is asked again some times before it counts.
///
/// **Threads.** Everything is stateless or immutable. Two threads or gateways that advance one saga at once
/// collide on its generation: one commits, the other starts over and finds nothing left to do.
@NullMarked
package cloud.stasis.gateway.saga;

import org.jspecify.annotations.NullMarked;
