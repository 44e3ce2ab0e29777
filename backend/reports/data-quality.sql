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
checks AS (
    SELECT 'flights' AS dataset, count(*) AS checked, unnest([
        {kind: 'Missing', what: 'Departure time: cancelled', found: count_if(dep_time IS NULL)},
        {kind: 'Missing', what: 'Arrival delay of a flight that departed: diverted',
            found: count_if(dep_time IS NOT NULL AND arr_delay IS NULL)},
        {kind: 'Missing', what: 'Arrival time of a flight that departed',
            found: count_if(dep_time IS NOT NULL AND arr_time IS NULL)},
        {kind: 'Missing', what: 'Tail number', found: count_if(tailnum IS NULL)},
        {kind: 'Duplicate', what: 'Same carrier, number, origin and scheduled departure',
            found: count(*) - count(DISTINCT (date, sched_dep_time, carrier, flight, origin))},
        {kind: 'Without partner', what: 'Carrier is not among the airlines', found: count_if(NOT has_airline)},
        {kind: 'Without partner', what: 'Origin is not among the airports', found: count_if(NOT has_origin)},
        {kind: 'Without partner', what: 'Destination is not among the airports', found: count_if(NOT has_destination)},
        {kind: 'Without partner', what: 'Tail number is not among the planes',
            found: count_if(tailnum IS NOT NULL AND NOT has_plane)},
        {kind: 'Without partner', what: 'No weather for the hour of departure', found: count_if(NOT has_weather)},
        {kind: 'Implausible', what: 'Departure delay is not departure less schedule',
            found: count_if((minutes_late - dep_delay) % 1440 <> 0)},
        {kind: 'Implausible', what: 'Tail number does not begin with N', found: count_if(tailnum NOT LIKE 'N%')},
        {kind: 'Implausible', what: 'Destination is the origin', found: count_if(dest = origin)}
    ], recursive := true)
    FROM linked
    UNION ALL
    SELECT 'planes', count(*), unnest([
        {kind: 'Missing', what: 'Year of building', found: count_if(year IS NULL)},
        {kind: 'Missing', what: 'Speed', found: count_if(speed IS NULL)},
        {kind: 'Duplicate', what: 'Same tail number', found: count(*) - count(DISTINCT (tailnum,))},
        {kind: 'Without partner', what: 'Plane never flies',
            found: count_if(NOT EXISTS (SELECT 1 FROM flights AS f WHERE f.tailnum = planes.tailnum))},
        {kind: 'Implausible', what: 'Fewer than two seats', found: count_if(seats < 2)}
    ], recursive := true)
    FROM planes
    UNION ALL
    SELECT 'airports', count(*), unnest([
        {kind: 'Missing', what: 'Time zone', found: count_if(tzone IS NULL)},
        {kind: 'Duplicate', what: 'Same code', found: count(*) - count(DISTINCT faa)},
        {kind: 'Duplicate', what: 'Same name', found: count(*) - count(DISTINCT name)},
        {kind: 'Implausible', what: 'East of Greenwich', found: count_if(lon > 0)}
    ], recursive := true)
    FROM airports
    UNION ALL
    SELECT 'airlines', count(*), unnest([
        {kind: 'Missing', what: 'Name', found: count_if(name IS NULL)},
        {kind: 'Duplicate', what: 'Same code', found: count(*) - count(DISTINCT carrier)}
    ], recursive := true)
    FROM airlines
    UNION ALL
    SELECT 'weather', count(*), unnest([
        {kind: 'Missing', what: 'Temperature', found: count_if(temp IS NULL)},
        {kind: 'Missing', what: 'Wind speed', found: count_if(wind_speed IS NULL)},
        {kind: 'Missing', what: 'Pressure', found: count_if(pressure IS NULL)},
        {kind: 'Duplicate', what: 'Same airport and hour', found: count(*) - count(DISTINCT (origin, time_hour))},
        {kind: 'Duplicate', what: 'Same airport and hour on the clock, as when it is set back',
            found: count(*) - count(DISTINCT (origin, date, hour))},
        {kind: 'Implausible', what: 'Wind over 150 miles an hour', found: count_if(wind_speed > 150)},
        {kind: 'Implausible', what: 'Humidity over 100 %', found: count_if(humid > 100)}
    ], recursive := true)
    FROM weather
)
SELECT
    dataset AS "Dataset",
    kind AS "Kind",
    what AS "Check",
    checked AS "Rows checked",
    found::BIGINT AS "Found",
    (found / nullif(checked, 0))::DECIMAL(7, 5) AS "Share"
FROM checks
WHERE found > 0 OR NOT $onlyFindings
