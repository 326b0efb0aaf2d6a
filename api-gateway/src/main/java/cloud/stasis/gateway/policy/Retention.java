package cloud.stasis.gateway.policy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// How many a policy keeps of what it made. Pure.
///
/// Each count keeps by itself, and what any of them keeps stays: the newest ones, and the newest one of each of
/// the last hours, days, weeks and months in which there is one. If no count is given everything stays. The
/// newest always does.
public record Retention(int last, int hourly, int daily, int weekly, int monthly) {
    public static final Retention EVERYTHING = new Retention(0, 0, 0, 0, 0);

    private static final int MOST = 1000;

    public Retention {
        for (int count : new int[] {last, hourly, daily, weekly, monthly}) {
            if (count < 0 || count > MOST) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "Invalid input: each count of retention must be 0 to " + MOST + ".");
            }
        }
    }

    /// One that is good, made at some time.
    record Kept(UUID id, Instant at) {}

    /// @param kept newest first
    /// @return those that may go
    List<Kept> superfluous(List<Kept> kept, ZoneId zone) {
        if (equals(EVERYTHING) || kept.isEmpty()) {
            return List.of();
        }
        Set<Kept> staying = new HashSet<>(kept.subList(0, Math.min(Math.max(1, last), kept.size())));
        staying.addAll(newestOfEach(
                kept, hourly, zone, time -> time.truncatedTo(ChronoUnit.HOURS).toInstant()));
        staying.addAll(newestOfEach(kept, daily, zone, ZonedDateTime::toLocalDate));
        staying.addAll(newestOfEach(
                kept,
                weekly,
                zone,
                time -> List.of(time.get(IsoFields.WEEK_BASED_YEAR), time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR))));
        staying.addAll(newestOfEach(kept, monthly, zone, time -> time.getLong(ChronoField.PROLEPTIC_MONTH)));
        return kept.stream().filter(one -> !staying.contains(one)).toList();
    }

    private static Set<Kept> newestOfEach(
            List<Kept> kept, int count, ZoneId zone, Function<ZonedDateTime, Object> period) {
        Set<Object> periods = new HashSet<>();
        Set<Kept> newest = new HashSet<>();
        for (Kept one : kept) {
            if (periods.size() == count) {
                break;
            }
            if (periods.add(period.apply(one.at().atZone(zone)))) {
                newest.add(one);
            }
        }
        return newest;
    }
}
