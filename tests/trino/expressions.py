"""What may stand in a report that is compiled: an example of each rule.

**EXAMPLES**, **AGGREGATES**, **WINDOWS** ──▶ test_allow_list
"""

from collections.abc import Sequence


def lines(text: str) -> Sequence[str]:
    """Return the lines of a text, each an expression."""
    return text.strip().splitlines()


EXAMPLES = lines("""
whole + 1
small - tiny
tiny * 3::SMALLINT
large + whole
price + rate
price * 2
rate - long
price * price
share + whole
share * 2
share - price
whole / 7
price / 3
large / 3
share / 7
small / nullif(kind, 0)
share / -(2.5)
whole / nullif(tiny, 0)
whole // 7
whole % 7
large // 100
large % -7
tiny // 2
small % 10
-small
-share
-price
-whole // 3
day + 30
day - 45
day - until
day + tiny
whole = tiny
whole <> large
price > rate
price <= whole
share >= whole
word < other
day = until
day < moment
share > price
word = 'ß'
yes = (whole > 0)
long > rate
word >= other
whole IS NULL
word IS NOT NULL
whole IS DISTINCT FROM tiny
word IS NOT DISTINCT FROM other
whole BETWEEN -7 AND 7
day BETWEEN DATE '2013-03-10' AND DATE '2013-11-03'
share BETWEEN 0 AND price
whole IN (7, -7, 0)
word IN ('a', 'ß')
whole NOT IN (7, NULL)
price IN (1.5, 2)
word NOT IN ('', 'A')
yes AND whole > 0
yes OR whole > 0
NOT yes
NOT (yes AND tiny > 0 OR word = 'a')
word LIKE 'N%'
word LIKE '%_'
word NOT LIKE 'a%'
word LIKE '%\\%'
word LIKE '日_'
word || other
word || '$x'
'it''s ' || word
CASE WHEN whole > 0 THEN 'up' WHEN whole < 0 THEN word END
CASE kind WHEN 1 THEN 2.5 WHEN 2 THEN price ELSE 0 END
CASE word WHEN 'a' THEN whole ELSE large END
CASE kind WHEN kind THEN 1 END
CASE WHEN yes THEN share ELSE whole END
coalesce(whole, 0)
coalesce(price, rate, 0)
coalesce(word, other, '?')
coalesce(day, until)
coalesce(tiny, large)
nullif(whole, 7)
nullif(word, '')
greatest(whole, tiny)
least(price, rate)
greatest(word, other)
least(day, until)
greatest(share, whole)::DECIMAL(15, 2)
least(small, tiny, whole)
share::DECIMAL(9, 2)
share::DECIMAL(12, 3)
share::DECIMAL(6, 0)
share::DECIMAL(15, 4)
(whole / 7)::DECIMAL(15, 3)
rate::DECIMAL(15, 2)
rate::DECIMAL(18, 0)
price::DECIMAL(18, 4)
long::DECIMAL(38, 2)
long::DECIMAL(30, 0)
whole::BIGINT
tiny::SMALLINT
price::INTEGER
rate::BIGINT
yes::INTEGER
yes::BIGINT
round(share)::INTEGER
whole::DOUBLE
large::DOUBLE
price::DOUBLE
rate::DOUBLE
whole::DECIMAL(12, 2)
large::DECIMAL(38, 5)
whole::VARCHAR
large::VARCHAR
price::VARCHAR
rate::VARCHAR
long::VARCHAR
moment::DATE
day::TIMESTAMP
NULL::INTEGER
'x'
1.50
0.5
1e3
true
DATE '2012-02-29'
TIMESTAMP '2013-03-10 02:30:00'
7
year(day)
quarter(day)
month(day)
day(day)
dayofyear(day)
dayofweek(day)
isodow(day)
week(day)
weekofyear(day)
year(moment)
month(moment)
dayofweek(moment)
hour(moment)
minute(moment)
week(moment)
extract(year FROM day)
extract(isodow FROM day)
extract(week FROM day)
extract(quarter FROM moment)
extract(month FROM day)
extract(day FROM moment)
date_trunc('year', day)
date_trunc('quarter', day)
date_trunc('month', day)
date_trunc('week', day)
date_trunc('day', day)
date_trunc('year', moment)
date_trunc('quarter', moment)
date_trunc('month', moment)
date_trunc('week', moment)
date_trunc('day', moment)
date_trunc('hour', moment)
date_trunc('minute', moment)
date_trunc('second', moment)
date_trunc('month', day)::DATE
date_diff('day', day, until)
dayname(day)
monthname(day)
dayname(moment)
strftime(day, '%Y-%m-%d')
strftime(moment, '%d.%m.%Y %H:%M:%S')
strftime(day, '%A, %B')
make_time(abs(whole % 24), 5, 7)
make_time(kind % 24, kind, 0)
make_time(23, 59, 59)
abs(whole % 1000)
abs(price)
abs(share)
floor(share)
ceil(share)
round(share)::BIGINT
(round(share))::DECIMAL(9, 1)
round(price, 1)
round(rate, 2)
length(word)
substring(word, 1, 2)
substring(word, 2)
substring(word, 3, 0)
left(word, 1)
replace(word, 'a', 'xy')
starts_with(word, 'N')
starts_with(word, other)
strpos(word, 'a')
instr(word, other)
list_contains($some, word)
list_contains($numbers, kind)
word = $text
whole > $number
day >= $from
share * $rate::DOUBLE
NOT $flag OR yes
$rate::DECIMAL(9, 2)
$number::INTEGER
$text::VARCHAR
$from::DATE
$flag::BOOLEAN
$missing IS NULL
coalesce($missing, whole)
(SELECT max(whole) FROM mixed)
whole IN (SELECT tiny::INTEGER FROM mixed)
EXISTS (SELECT 1 FROM mixed AS m WHERE m.small = mixed.tiny)
day + INTERVAL 1 MONTH
day - INTERVAL 13 MONTHS
until + INTERVAL 1 YEAR
day - INTERVAL 2 WEEK
day + INTERVAL 36 HOUR
moment + INTERVAL 1 MONTH
moment - INTERVAL '90' MINUTE
moment + INTERVAL 3 SECOND
moment + INTERVAL (tiny) DAY
(day + INTERVAL (kind) MONTH)::DATE
date_diff('week', day, until)
date_diff('month', day, until)
date_diff('quarter', until, day)
datediff('year', day, until)
date_diff('day', moment, until)
date_diff('hour', moment, day)
date_diff('minute', moment, TIMESTAMP '2013-03-10 02:30:59')
date_diff('second', moment, TIMESTAMP '2013-03-10 02:30:00')
second(moment)
extract(hour FROM moment)
extract(minute FROM moment)
extract(second FROM moment)
last_day(day)
last_day(moment)
concat(word, other, 'x')
concat(word)
concat_ws('-', word, other, 'x')
split_part(word, 'a', 1)
split_part(word, 'a', 2)
split_part(word, 'x ${', 2)
right(word, 2)
right(other, 1)
lpad(kind::VARCHAR, 2, '0')
rpad(word, 3, 'xy')
lpad(word, 2, '日')
trim(word)
ltrim(word)
rtrim(word)
trim(word, 'aA ')
ltrim(word, 'N1')
rtrim(word, '$}]')
trim(word, '\\%^-_a[')
contains(word, other)
contains(word, '')
ends_with(word, other)
ends_with(word, '')
ends_with(word, 'a')
char_length(word)
position('a' IN word)
sign(whole)
sign(price)
sign(tiny)
trunc(share)
trunc(share)::INTEGER
""")
"""Expressions over a row of `mixed`."""
AGGREGATES = lines("""
count(*)
count(word)
count(DISTINCT word)
count(*) FILTER (WHERE yes)
sum(tiny)
sum(whole)
sum(large)
sum(price)
sum(rate)
sum(long)
sum(DISTINCT tiny)
sum(whole) FILTER (WHERE yes)
sum(share)::DECIMAL(12, 2)
avg(whole)::DECIMAL(15, 2)
avg(tiny)::DECIMAL(9, 2)
avg(small)::DECIMAL(9, 4)
avg(price)::DECIMAL(9, 2)
avg(large // 4096)::DECIMAL(15, 2)
avg(rate)::DECIMAL(15, 3)
avg(share)::DECIMAL(9, 1)
avg(yes::INTEGER)::DECIMAL(6, 4)
avg(DISTINCT tiny)::DECIMAL(9, 2)
avg(tiny) > 3
min(word)
max(word)
min(share)::DECIMAL(12, 3)
max(day)
min(moment)
max(price)
max(yes)
min(whole)
max(yes::INTEGER) = 1
quantile_disc(whole, 0.5)
quantile_disc(price, 0.9)
quantile_disc(word, 0.25)
quantile_disc(day, 0.07)
quantile_disc(share, 0.99)::DECIMAL(12, 3)
sum(whole) / nullif(count(DISTINCT word), 0)
max(whole) // 2 - min(whole) // 3
(sum(price) / count(*))::DECIMAL(12, 3)
sum(tiny)::DECIMAL(12, 2)
sum(tiny) + 1
sum(tiny) > 5
sum(tiny)::BIGINT // 2
count_if(yes)
count_if(whole > 0) FILTER (WHERE yes)
string_agg(word, ', ' ORDER BY word)
string_agg(DISTINCT word, ', ' ORDER BY word DESC)
string_agg(DISTINCT CASE WHEN yes THEN other END, '$x' ORDER BY CASE WHEN yes THEN other END)
string_agg(dayname(day), '' ORDER BY dayname(day))
""")
"""Expressions over the rows of one `kind`."""
WINDOWS = lines("""
row_number() OVER (ORDER BY id)
rank() OVER (ORDER BY tiny)
dense_rank() OVER (PARTITION BY kind ORDER BY word DESC)
rank() OVER (ORDER BY word NULLS FIRST)
lag(whole) OVER (ORDER BY id)
lead(word, 2) OVER (PARTITION BY kind ORDER BY id)
sum(tiny) OVER (PARTITION BY kind)
sum(tiny) OVER (ORDER BY id)
count(*) OVER (PARTITION BY kind ORDER BY tiny)
max(price) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)
min(day) OVER (PARTITION BY word)
(avg(tiny) OVER (PARTITION BY kind ORDER BY id ROWS UNBOUNDED PRECEDING))::DECIMAL(9, 3)
count(CASE WHEN yes THEN 1 END) OVER (PARTITION BY kind)
sum(tiny) OVER (ORDER BY kind RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
first_value(whole) OVER (PARTITION BY kind ORDER BY id)
first(word) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)
last_value(word) OVER (PARTITION BY kind ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
last(day) OVER (ORDER BY id)
nth_value(whole, 3) OVER (PARTITION BY kind ORDER BY id)
ntile(7) OVER (ORDER BY id)
ntile(4) OVER (PARTITION BY kind ORDER BY id DESC)
percent_rank() OVER (PARTITION BY kind ORDER BY tiny)
percent_rank() OVER (ORDER BY word NULLS FIRST)
cume_dist() OVER (PARTITION BY kind ORDER BY tiny)
count_if(yes) OVER (PARTITION BY kind)
""")
"""Expressions over windows of rows of `mixed`."""
