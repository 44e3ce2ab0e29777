/*
title = "Worst days"
description = """
The days on which most went wrong, and the weather at the airports on them. A flight without a departure time counts \
as cancelled. Weather is that of the chosen airports together: rain and snow are their average, gusts and visibility \
the worst of them. It is empty where nothing was measured."""
datasets = ["flights", "weather"]
order = ["Rank"]
row_limit = 10_000

[parameters.start]
shared = true

[parameters.end]
shared = true

[parameters.days]
type = "integer"
title = "Days"
description = "How many days to list."
minimum = 1
maximum = 366
default = 25

[parameters.rankBy]
type = "string"
enum = ["average departure delay", "late flights", "cancelled flights"]
title = "Worst by"
default = "average departure delay"

[parameters.origin]
shared = true

[parameters.threshold]
shared = true

[columns]
"Average departure delay (min)" = { number_format = "0.0" }
"Rain and snow (in)" = { number_format = "0.00" }
"Average temperature (°F)" = { number_format = "0.0" }
"Strongest gust (mph)" = { number_format = "0.0" }
"Poorest visibility (mi)" = { number_format = "0.00" }
*/
WITH days AS (
    SELECT
        date,
        count(*) AS flights,
        count(*) FILTER (WHERE dep_time IS NULL) AS cancelled,
        count(*) FILTER (WHERE arr_delay >= $threshold) AS late,
        avg(dep_delay) AS delay,
        max(dep_delay) AS longest
    FROM flights
    WHERE date BETWEEN $start AND $end
        AND ($origin IS NULL OR origin = $origin)
    GROUP BY date
),
conditions AS (
    SELECT
        date,
        (sum(precip) / nullif(count(DISTINCT origin), 0))::DECIMAL(7, 3) AS precipitation,
        avg(temp)::DECIMAL(5, 2) AS temperature,
        max(wind_gust)::DECIMAL(5, 2) AS gust,
        min(visib)::DECIMAL(5, 2) AS visibility
    FROM weather
    WHERE $origin IS NULL OR origin = $origin
    GROUP BY date
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            ORDER BY
                CASE $rankBy WHEN 'late flights' THEN late WHEN 'cancelled flights' THEN cancelled ELSE delay END
                    DESC NULLS LAST,
                date
        ) AS worst
    FROM days
)
SELECT
    r.worst AS "Rank",
    r.date AS "Date",
    dayname(r.date) AS "Weekday",
    r.flights AS "Flights",
    r.cancelled AS "Cancelled",
    r.late AS "Late",
    r.delay::DECIMAL(9, 2) AS "Average departure delay (min)",
    r.longest AS "Longest departure delay (min)",
    c.precipitation AS "Rain and snow (in)",
    c.temperature AS "Average temperature (°F)",
    c.gust AS "Strongest gust (mph)",
    c.visibility AS "Poorest visibility (mi)"
FROM ranked AS r
LEFT JOIN conditions AS c USING (date)
WHERE r.worst <= $days
