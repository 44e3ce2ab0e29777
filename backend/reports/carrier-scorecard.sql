/*
title = "Carrier scorecard"
description = """
One row a carrier, the most punctual first. A flight without a departure time counts as cancelled, one that departed \
without a recorded arrival as diverted; neither is on time. Shares are of all scheduled flights."""
datasets = ["airlines", "flights"]
order = ["Rank", "Carrier"]
row_limit = 10_000

[parameters.start]
shared = true

[parameters.end]
shared = true

[parameters.carriers]
shared = true
description = "The carriers to hold against each other. All when left empty."

[parameters.origin]
shared = true

[parameters.threshold]
shared = true

[parameters.minFlights]
shared = true
description = "Carriers with fewer scheduled flights are left out."

[columns]
"Airline" = { width = 28 }
"Cancelled share" = { number_format = "0.0%" }
"Diverted share" = { number_format = "0.0%" }
"On-time share" = { number_format = "0.0%" }
"Average departure delay (min)" = { number_format = "0.0" }
"Made up in the air (min)" = { number_format = "0.0" }
*/
WITH scores AS (
    SELECT
        f.carrier,
        a.name,
        count(*) AS flights,
        count(DISTINCT f.tailnum) AS planes,
        count(DISTINCT f.dest) AS destinations,
        avg((f.dep_time IS NULL)::INTEGER) AS cancelled_share,
        avg((f.dep_time IS NOT NULL AND f.arr_delay IS NULL)::INTEGER) AS diverted_share,
        avg(coalesce(f.arr_delay < $threshold, false)::INTEGER) AS on_time_share,
        avg(f.dep_delay) AS departure_delay,
        avg(f.dep_delay - f.arr_delay) AS made_up,
        quantile_disc(f.arr_delay, 0.5) AS median_delay,
        quantile_disc(f.arr_delay, 0.9) AS high_delay,
        max(f.arr_delay) AS longest_delay
    FROM flights AS f
    LEFT JOIN airlines AS a USING (carrier)
    WHERE f.date BETWEEN $start AND $end
        AND ($carriers IS NULL OR list_contains($carriers, f.carrier))
        AND ($origin IS NULL OR f.origin = $origin)
    GROUP BY ALL
    HAVING count(*) >= $minFlights
)
SELECT
    rank() OVER (ORDER BY on_time_share DESC) AS "Rank",
    carrier AS "Carrier",
    name AS "Airline",
    flights AS "Flights",
    planes AS "Planes",
    destinations AS "Destinations",
    cancelled_share::DECIMAL(6, 4) AS "Cancelled share",
    diverted_share::DECIMAL(6, 4) AS "Diverted share",
    on_time_share::DECIMAL(6, 4) AS "On-time share",
    departure_delay::DECIMAL(9, 2) AS "Average departure delay (min)",
    made_up::DECIMAL(9, 2) AS "Made up in the air (min)",
    median_delay AS "Median arrival delay (min)",
    high_delay AS "90th percentile arrival delay (min)",
    longest_delay AS "Longest arrival delay (min)"
FROM scores
