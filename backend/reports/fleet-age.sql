/*
title = "Fleet age and delay"
description = """
Whether older planes are later: flights and delays by the age of the plane, in whole years from the year it was built. \
The last row, without an age, holds the flights whose plane or its year of building is not known, among them most that \
were cancelled. A flight without a departure time counts as cancelled."""
datasets = ["flights", "planes"]
order = ["Age from (years)"]
row_limit = 10_000

[parameters.start]
shared = true

[parameters.end]
shared = true

[parameters.carrier]
shared = true

[parameters.origins]
shared = true

[parameters.band]
type = "integer"
title = "Years per row"
description = "How many years of age make one row of the report."
minimum = 1
maximum = 25
default = 1

[parameters.threshold]
shared = true

[columns]
"Cancelled share" = { number_format = "0.0%" }
"Average departure delay (min)" = { number_format = "0.0" }
"Average arrival delay (min)" = { number_format = "0.0" }
"On-time share" = { number_format = "0.0%" }
"Average distance (mi)" = { number_format = "#,##0" }
*/
SELECT
    (f.year - p.year) // $band * $band AS "Age from (years)",
    "Age from (years)" + $band - 1 AS "Age to (years)",
    count(DISTINCT f.tailnum) AS "Planes",
    count(*) AS "Flights",
    count(*) FILTER (WHERE f.dep_time IS NULL) AS "Cancelled",
    avg((f.dep_time IS NULL)::INTEGER)::DECIMAL(6, 4) AS "Cancelled share",
    avg(f.dep_delay)::DECIMAL(9, 2) AS "Average departure delay (min)",
    avg(f.arr_delay)::DECIMAL(9, 2) AS "Average arrival delay (min)",
    avg(coalesce(f.arr_delay < $threshold, false)::INTEGER)::DECIMAL(6, 4) AS "On-time share",
    avg(f.distance)::DECIMAL(9, 2) AS "Average distance (mi)"
FROM flights AS f
LEFT JOIN planes AS p USING (tailnum)
WHERE f.date BETWEEN $start AND $end
    AND ($carrier IS NULL OR f.carrier = $carrier)
    AND ($origins IS NULL OR list_contains($origins, f.origin))
GROUP BY ALL
