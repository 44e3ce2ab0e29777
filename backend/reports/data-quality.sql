/*
title = "Data quality"
description = """
What is missing, doubled, without a partner or implausible in the five datasets: one row a check, with the number of \
rows it looked at and of those it found. Finding some is not always a fault: a cancelled flight has no departure time."""
datasets = ["airlines", "airports", "flights", "planes", "weather"]
order = ["Dataset", "Kind", "Check"]
row_limit = 1_000

[parameters.onlyFindings]
type = "boolean"
title = "Only what was found"
description = "Leaves out the checks that found nothing."
default = false

[columns]
"Check" = { width = 52 }
"Share" = { number_format = "0.000%" }
*/
WITH linked AS (
    SELECT
        f.*,
        EXISTS (SELECT 1 FROM airlines AS a WHERE a.carrier = f.carrier) AS has_airline,
        EXISTS (SELECT 1 FROM airports AS o WHERE o.faa = f.origin) AS has_origin,
        EXISTS (SELECT 1 FROM airports AS d WHERE d.faa = f.dest) AS has_destination,
        EXISTS (SELECT 1 FROM planes AS p WHERE p.tailnum = f.tailnum) AS has_plane,
        EXISTS (SELECT 1 FROM weather AS w WHERE w.origin = f.origin AND w.time_hour = f.time_hour) AS has_weather,
        f.dep_time // 100 * 60 + f.dep_time % 100 - f.sched_dep_time // 100 * 60 - f.sched_dep_time % 100 AS minutes_late
    FROM flights AS f
),
flights_counted AS (
    SELECT
        count(*) AS checked,
        count(*) FILTER (WHERE dep_time IS NULL) AS cancelled,
        count(*) FILTER (WHERE dep_time IS NOT NULL AND arr_delay IS NULL) AS diverted,
        count(*) FILTER (WHERE dep_time IS NOT NULL AND arr_time IS NULL) AS not_arrived,
        count(*) FILTER (WHERE tailnum IS NULL) AS without_tailnum,
        count(*) FILTER (WHERE NOT has_airline) AS without_airline,
        count(*) FILTER (WHERE NOT has_origin) AS without_origin,
        count(*) FILTER (WHERE NOT has_destination) AS without_destination,
        count(*) FILTER (WHERE tailnum IS NOT NULL AND NOT has_plane) AS without_plane,
        count(*) FILTER (WHERE NOT has_weather) AS without_weather,
        count(*) FILTER (WHERE (minutes_late - dep_delay) % 1440 <> 0) AS other_delay,
        count(*) FILTER (WHERE tailnum NOT LIKE 'N%') AS foreign_tailnum,
        count(*) FILTER (WHERE dest = origin) AS to_origin
    FROM linked
),
flights_apart AS (
    SELECT count(*) AS departures
    FROM (SELECT DISTINCT date, sched_dep_time, carrier, flight, origin FROM flights) AS apart
),
planes_counted AS (
    SELECT
        count(*) AS checked,
        count(*) FILTER (WHERE year IS NULL) AS without_year,
        count(*) FILTER (WHERE speed IS NULL) AS without_speed,
        count(DISTINCT tailnum) + coalesce(max((tailnum IS NULL)::INTEGER), 0) AS tailnums,
        count(*) FILTER (WHERE NOT flies) AS never_flying,
        count(*) FILTER (WHERE seats < 2) AS small
    FROM (
        SELECT p.*, EXISTS (SELECT 1 FROM flights AS f WHERE f.tailnum = p.tailnum) AS flies FROM planes AS p
    ) AS flying
),
airports_counted AS (
    SELECT
        count(*) AS checked,
        count(*) FILTER (WHERE tzone IS NULL) AS without_zone,
        count(DISTINCT faa) AS codes,
        count(DISTINCT name) AS names,
        count(*) FILTER (WHERE lon > 0) AS eastern
    FROM airports
),
airlines_counted AS (
    SELECT
        count(*) AS checked,
        count(*) FILTER (WHERE name IS NULL) AS without_name,
        count(DISTINCT carrier) AS codes
    FROM airlines
),
weather_counted AS (
    SELECT
        count(*) AS checked,
        count(*) FILTER (WHERE temp IS NULL) AS without_temperature,
        count(*) FILTER (WHERE wind_speed IS NULL) AS without_wind,
        count(*) FILTER (WHERE pressure IS NULL) AS without_pressure,
        count(*) FILTER (WHERE wind_speed > 150) AS storms,
        count(*) FILTER (WHERE humid > 100) AS too_humid
    FROM weather
),
weather_hours AS (
    SELECT count(*) AS hours FROM (SELECT DISTINCT origin, time_hour FROM weather) AS apart
),
weather_clocks AS (
    SELECT count(*) AS clocks FROM (SELECT DISTINCT origin, date, hour FROM weather) AS apart
),
checks AS (
    SELECT 'flights' AS dataset, v.kind, v.what, c.checked, CASE v.number
        WHEN 1 THEN c.cancelled
        WHEN 2 THEN c.diverted
        WHEN 3 THEN c.not_arrived
        WHEN 4 THEN c.without_tailnum
        WHEN 5 THEN c.checked - a.departures
        WHEN 6 THEN c.without_airline
        WHEN 7 THEN c.without_origin
        WHEN 8 THEN c.without_destination
        WHEN 9 THEN c.without_plane
        WHEN 10 THEN c.without_weather
        WHEN 11 THEN c.other_delay
        WHEN 12 THEN c.foreign_tailnum
        WHEN 13 THEN c.to_origin
    END AS found
    FROM flights_counted AS c CROSS JOIN flights_apart AS a CROSS JOIN (VALUES
        (1, 'Missing', 'Departure time: cancelled'),
        (2, 'Missing', 'Arrival delay of a flight that departed: diverted'),
        (3, 'Missing', 'Arrival time of a flight that departed'),
        (4, 'Missing', 'Tail number'),
        (5, 'Duplicate', 'Same carrier, number, origin and scheduled departure'),
        (6, 'Without partner', 'Carrier is not among the airlines'),
        (7, 'Without partner', 'Origin is not among the airports'),
        (8, 'Without partner', 'Destination is not among the airports'),
        (9, 'Without partner', 'Tail number is not among the planes'),
        (10, 'Without partner', 'No weather for the hour of departure'),
        (11, 'Implausible', 'Departure delay is not departure less schedule'),
        (12, 'Implausible', 'Tail number does not begin with N'),
        (13, 'Implausible', 'Destination is the origin')
    ) AS v(number, kind, what)
    UNION ALL
    SELECT 'planes', v.kind, v.what, c.checked, CASE v.number
        WHEN 1 THEN c.without_year
        WHEN 2 THEN c.without_speed
        WHEN 3 THEN c.checked - c.tailnums
        WHEN 4 THEN c.never_flying
        WHEN 5 THEN c.small
    END
    FROM planes_counted AS c CROSS JOIN (VALUES
        (1, 'Missing', 'Year of building'),
        (2, 'Missing', 'Speed'),
        (3, 'Duplicate', 'Same tail number'),
        (4, 'Without partner', 'Plane never flies'),
        (5, 'Implausible', 'Fewer than two seats')
    ) AS v(number, kind, what)
    UNION ALL
    SELECT 'airports', v.kind, v.what, c.checked, CASE v.number
        WHEN 1 THEN c.without_zone
        WHEN 2 THEN c.checked - c.codes
        WHEN 3 THEN c.checked - c.names
        WHEN 4 THEN c.eastern
    END
    FROM airports_counted AS c CROSS JOIN (VALUES
        (1, 'Missing', 'Time zone'),
        (2, 'Duplicate', 'Same code'),
        (3, 'Duplicate', 'Same name'),
        (4, 'Implausible', 'East of Greenwich')
    ) AS v(number, kind, what)
    UNION ALL
    SELECT 'airlines', v.kind, v.what, c.checked, CASE v.number
        WHEN 1 THEN c.without_name
        WHEN 2 THEN c.checked - c.codes
    END
    FROM airlines_counted AS c CROSS JOIN (VALUES
        (1, 'Missing', 'Name'),
        (2, 'Duplicate', 'Same code')
    ) AS v(number, kind, what)
    UNION ALL
    SELECT 'weather', v.kind, v.what, c.checked, CASE v.number
        WHEN 1 THEN c.without_temperature
        WHEN 2 THEN c.without_wind
        WHEN 3 THEN c.without_pressure
        WHEN 4 THEN c.checked - h.hours
        WHEN 5 THEN c.checked - k.clocks
        WHEN 6 THEN c.storms
        WHEN 7 THEN c.too_humid
    END
    FROM weather_counted AS c CROSS JOIN weather_hours AS h CROSS JOIN weather_clocks AS k CROSS JOIN (VALUES
        (1, 'Missing', 'Temperature'),
        (2, 'Missing', 'Wind speed'),
        (3, 'Missing', 'Pressure'),
        (4, 'Duplicate', 'Same airport and hour'),
        (5, 'Duplicate', 'Same airport and hour on the clock, as when it is set back'),
        (6, 'Implausible', 'Wind over 150 miles an hour'),
        (7, 'Implausible', 'Humidity over 100 %')
    ) AS v(number, kind, what)
)
SELECT
    dataset AS "Dataset",
    kind AS "Kind",
    what AS "Check",
    checked AS "Rows checked",
    found AS "Found",
    (found / nullif(checked, 0))::DECIMAL(7, 5) AS "Share"
FROM checks
WHERE found > 0 OR NOT $onlyFindings
