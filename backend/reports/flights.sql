/*
title = "Flights"
description = """
The flights themselves, one row each, in the order of their scheduled departure. Times are local. A cancelled flight \
has no departure time; one that was diverted has no arrival delay."""
datasets = ["airlines", "flights"]
order = ["Date", "Scheduled departure", "Carrier", "Flight", "Origin"]
row_limit = 20_000_000

[parameters.start]
shared = true

[parameters.end]
shared = true

[parameters.carrier]
shared = true

[parameters.origin]
shared = true

[parameters.destination]
type = "string"
pattern = "^[A-Z]{3}$"
maxLength = 3
title = "Destination"
description = "Three capital letters, such as LAX. All when left empty."

[parameters.minDelay]
type = "integer"
title = "Least departure delay (min)"
description = "Only flights that departed at least so late; this leaves out the cancelled ones."
minimum = 0
maximum = 1440

[columns]
"Airline" = { width = 28 }
"Scheduled departure" = { number_format = "hh:mm" }
"Departure" = { number_format = "hh:mm" }
"Scheduled arrival" = { number_format = "hh:mm" }
"Arrival" = { number_format = "hh:mm" }
"Distance (mi)" = { number_format = "#,##0" }
*/
SELECT
    f.date AS "Date",
    f.carrier AS "Carrier",
    a.name AS "Airline",
    f.flight AS "Flight",
    f.tailnum AS "Tail number",
    f.origin AS "Origin",
    f.dest AS "Destination",
    -- The times are numbers such as 1705, and midnight is 2400.
    make_time(f.sched_dep_time // 100 % 24, f.sched_dep_time % 100, 0) AS "Scheduled departure",
    make_time(f.dep_time // 100 % 24, f.dep_time % 100, 0) AS "Departure",
    f.dep_delay AS "Departure delay (min)",
    make_time(f.sched_arr_time // 100 % 24, f.sched_arr_time % 100, 0) AS "Scheduled arrival",
    make_time(f.arr_time // 100 % 24, f.arr_time % 100, 0) AS "Arrival",
    f.arr_delay AS "Arrival delay (min)",
    f.air_time AS "Time in the air (min)",
    f.distance AS "Distance (mi)",
    f.dep_time IS NULL AS "Cancelled"
FROM flights AS f
LEFT JOIN airlines AS a USING (carrier)
WHERE f.date BETWEEN $start AND $end
    AND ($carrier IS NULL OR f.carrier = $carrier)
    AND ($origin IS NULL OR f.origin = $origin)
    AND ($destination IS NULL OR f.dest = $destination)
    AND ($minDelay IS NULL OR f.dep_delay >= $minDelay)
