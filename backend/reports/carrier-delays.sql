/*
title = "Delays by carrier and month"
description = """
How late each carrier was, month by month. A flight without a departure time counts as cancelled; averages are over \
the flights that departed or arrived, shares are of all scheduled flights. On time means arrived and not late."""
datasets = ["airlines", "flights"]
order = ["Month", "Carrier"]
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
"Month" = { number_format = "yyyy-mm" }
"Airline" = { width = 28 }
"Cancelled share" = { number_format = "0.0%" }
"Average departure delay (min)" = { number_format = "0.0" }
"Average arrival delay (min)" = { number_format = "0.0" }
"On-time share" = { number_format = "0.0%" }
*/
SELECT
    date_trunc('month', f.date)::DATE AS "Month",
    f.carrier AS "Carrier",
    a.name AS "Airline",
    count(*) AS "Flights",
    count(*) FILTER (WHERE f.dep_time IS NULL) AS "Cancelled",
    avg((f.dep_time IS NULL)::INTEGER)::DECIMAL(6, 4) AS "Cancelled share",
    avg(f.dep_delay)::DECIMAL(9, 2) AS "Average departure delay (min)",
    avg(f.arr_delay)::DECIMAL(9, 2) AS "Average arrival delay (min)",
    avg(coalesce(f.arr_delay < $threshold, false)::INTEGER)::DECIMAL(6, 4) AS "On-time share"
FROM flights AS f
LEFT JOIN airlines AS a USING (carrier)
WHERE f.date BETWEEN $start AND $end
    AND ($carrier IS NULL OR f.carrier = $carrier)
    AND ($origin IS NULL OR f.origin = $origin)
GROUP BY ALL
