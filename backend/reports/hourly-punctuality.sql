/*
title = "Punctuality by hour"
description = """
When to fly: for each airport and hour of the scheduled departure, how many flights arrive on time. Cancelled flights \
(without a departure time) and diverted ones (without a recorded arrival) are not on time. Hours are local."""
datasets = ["flights"]
order = ["Origin", "Hour"]
row_limit = 10_000

[parameters.start]
shared = true

[parameters.end]
shared = true

[parameters.carrier]
shared = true

[parameters.origin]
shared = true

[parameters.threshold]
shared = true

[columns]
"On-time share" = { number_format = "0.0%" }
"Average departure delay (min)" = { number_format = "0.0" }
"Average arrival delay (min)" = { number_format = "0.0" }
*/
SELECT
    origin AS "Origin",
    hour AS "Hour",
    count(*) AS "Flights",
    count(*) FILTER (WHERE dep_time IS NULL) AS "Cancelled",
    count(*) FILTER (WHERE dep_time IS NOT NULL AND arr_delay IS NULL) AS "Diverted",
    count(*) FILTER (WHERE arr_delay >= $threshold) AS "Late",
    count(*) FILTER (WHERE arr_delay < $threshold) AS "On time",
    avg(coalesce(arr_delay < $threshold, false)::INTEGER)::DECIMAL(6, 4) AS "On-time share",
    avg(dep_delay)::DECIMAL(9, 2) AS "Average departure delay (min)",
    avg(arr_delay)::DECIMAL(9, 2) AS "Average arrival delay (min)"
FROM flights
WHERE date BETWEEN $start AND $end
    AND ($carrier IS NULL OR carrier = $carrier)
    AND ($origin IS NULL OR origin = $origin)
GROUP BY ALL
