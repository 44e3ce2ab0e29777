/*
title = "Route matrix"
description = """
Every route from New York: how often it is flown, by how many carriers, and how late. A flight without a departure \
time counts as cancelled; averages are over the flights that departed or arrived."""
datasets = ["airports", "flights"]
order = ["Origin", "Destination"]
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

[parameters.minFlights]
shared = true
description = "Routes with fewer scheduled flights are left out."

[columns]
"Origin airport" = { width = 24 }
"Destination airport" = { width = 34 }
"Distance (mi)" = { number_format = "#,##0" }
"Cancelled share" = { number_format = "0.0%" }
"Average departure delay (min)" = { number_format = "0.0" }
"Average arrival delay (min)" = { number_format = "0.0" }
"Average time in the air (min)" = { number_format = "0.0" }
"On-time share" = { number_format = "0.0%" }
*/
SELECT
    f.origin AS "Origin",
    o.name AS "Origin airport",
    f.dest AS "Destination",
    d.name AS "Destination airport",
    max(f.distance) AS "Distance (mi)",
    count(*) AS "Flights",
    count(DISTINCT f.carrier) AS "Carriers",
    count(*) FILTER (WHERE f.dep_time IS NULL) AS "Cancelled",
    avg((f.dep_time IS NULL)::INTEGER)::DECIMAL(6, 4) AS "Cancelled share",
    avg(f.dep_delay)::DECIMAL(9, 2) AS "Average departure delay (min)",
    avg(f.arr_delay)::DECIMAL(9, 2) AS "Average arrival delay (min)",
    avg(f.air_time)::DECIMAL(9, 2) AS "Average time in the air (min)",
    avg(coalesce(f.arr_delay < $threshold, false)::INTEGER)::DECIMAL(6, 4) AS "On-time share"
FROM flights AS f
LEFT JOIN airports AS o ON o.faa = f.origin
LEFT JOIN airports AS d ON d.faa = f.dest
WHERE f.date BETWEEN $start AND $end
    AND ($carrier IS NULL OR f.carrier = $carrier)
    AND ($origin IS NULL OR f.origin = $origin)
GROUP BY ALL
HAVING count(*) >= $minFlights
