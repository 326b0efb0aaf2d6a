package cloud.stasis.gateway.policy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/// When a policy is due. Pure.
public sealed interface Timing {
    /// Anything more often is what continuous protection is for.
    Duration SHORTEST = Duration.ofMinutes(5);

    /// At fixed distances from the moment at which the policy was made.
    record Every(Duration interval) implements Timing {
        private static final Duration LONGEST = Duration.ofDays(366);

        public Every {
            if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
                throw invalid("interval must be from 5 minutes to 366 days.");
            }
        }

        @Override
        public Instant next(Instant after, Instant anchor, ZoneId zone) {
            long passed = Math.max(0, Duration.between(anchor, after).dividedBy(interval));
            return anchor.plus(interval.multipliedBy(passed + 1));
        }
    }

    /// At the times that the five fields of a cron expression match: minute, hour, day, month, day of the week.
    record Calendar(String cron) implements Timing {
        private static final int MAX_LENGTH = 100;
        /// So many times in a row are looked at.
        private static final int LOOKED_AT = 60;

        private static final CronParser PARSER =
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

        public Calendar {
            if (cron.length() > MAX_LENGTH) {
                throw invalid("cron must have at most " + MAX_LENGTH + " characters.");
            }
            parse(cron);
        }

        /// @throws StasisException `INVALID_REQUEST` if it never comes, or more often than it may
        @Override
        public Instant next(Instant after, Instant anchor, ZoneId zone) {
            return following(ExecutionTime.forCron(parse(cron)), after.atZone(zone))
                    .toInstant();
        }

        @Override
        public void requireSparse(Instant now, ZoneId zone) {
            ExecutionTime times = ExecutionTime.forCron(parse(cron));
            ZonedDateTime at = following(times, now.atZone(zone));
            for (int count = 0; count < LOOKED_AT; count++) {
                ZonedDateTime next = following(times, at);
                if (Duration.between(at, next).compareTo(SHORTEST) < 0) {
                    throw invalid("cron must not match more often than every 5 minutes.");
                }
                at = next;
            }
        }

        private static ZonedDateTime following(ExecutionTime times, ZonedDateTime after) {
            Optional<ZonedDateTime> next = times.nextExecution(after);
            return next.orElseThrow(() -> invalid("cron matches no time at all."));
        }

        private static Cron parse(String expression) {
            try {
                return PARSER.parse(expression).validate();
            } catch (IllegalArgumentException e) {
                throw invalid("cron must have five fields, such as 30 2 * * 1-5.");
            }
        }
    }

    /// The first time after `after`.
    ///
    /// @param anchor when the policy was made
    Instant next(Instant after, Instant anchor, ZoneId zone);

    /// @throws StasisException `INVALID_REQUEST` if it comes more often than it may, or never
    default void requireSparse(Instant now, ZoneId zone) {
        next(now, now, zone);
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Invalid input: " + message);
    }
}
