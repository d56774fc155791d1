"""Make a book of any size inside DuckDB: the figures of made-up true series, as several publishers state them.

A subject (a place, a metric, and what narrows it) has true exports and imports of 180 months. The articles of
each month state what follows from them: the month, the year to date, both directions, growth, daily mean and
peak, a share of the country, plan, capacity, the total since the launch, a lead on the year before. Each
publisher states half of it; a fifth of the numbers is rounded or vague, one of 500 slips by a power of ten. One
seed and size give the same rows in one version of DuckDB. `more` makes the book larger in breadth (more
subjects), `publishers` in depth (more statements of one key).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from tallybook.lexicon import load_lexicon
from tallybook.resources import schema_sql
from tallybook.store.build import create_views, refresh

MONTHS = 180
A_MONTH = 4.216  # figures of one subject, month and publisher
WIDTH = 96  # code points of one sentence

_SERIES = """
create temp table flow as
with place as (
    select slug, row_number() over (order by slug <> 'cn', hash(slug, $seed)) - 1 as n, count(*) over () as places
    from port
    where kind <> 'country' or slug = 'cn'
),
subject as (
    select
        j as subject, j // 6 as story, p.slug as port,
        ['trains', 'teu', 'cargo_tonnes', 'trade_value', 'parcels', 'parcel_value'][j % 6 + 1] as metric,
        ['train', 'teu', 'tonne', 'CNY', 'parcel', 'CNY'][j % 6 + 1] as unit,
        case when j % 6 < 3 then 'rail' end as mode,
        nullif('goods ' || (j // 6 // places), 'goods 0') as breakdown,
        [1, 95, 1500, 4e6, 2e4, 1.2e6][j % 6 + 1] * (40 + hash(j // 6, 1, $seed) % 400) * if(slug = 'cn', 50, 1) as base
    from range($subjects) as r (j)
    inner join place as p on (j // 6) % places = p.n
),
passed as (
    select
        s.*, m,
        cast(date '2010-01-01' + to_months(cast(m as integer)) as date) as first_day,
        cast(base * (1 + m / 60) * (0.8 + hash(story, m, 3, $seed) % 400 / 1000) as bigint) as outbound,
        cast(base * (1 + m / 90) * (0.7 + hash(story, m, 4, $seed) % 400 / 1000) as bigint) as inbound
    from subject as s, range($months) as r (m)
)
select
    *, outbound + inbound as v, last_day(first_day) as z,
    cast(date_trunc('year', first_day) as date) as y,
    sum(outbound + inbound) over (partition by subject, year(first_day) order by m) as so_far,
    sum(outbound + inbound) over (partition by subject order by m) as ever,
    lag(outbound + inbound, 12) over (partition by subject order by m) as year_before,
    max(outbound + inbound) filter (where port = 'cn') over (partition by metric, breakdown, m) as country
from passed;
"""

_STATED = """
create temp table stated as
with fact as (
    select
        subject, story, port, metric, mode, breakdown, m, z as told,
        unnest([
            {'k': 1, 'measure': 'total', 'v': v::double, 'unit': unit, 'a': first_day, 'z': z, 'd': null, 'n': 'actual', 'of': null, 'w': null},
            {'k': 2, 'measure': 'total', 'v': if(month(z) > 1, so_far, null), 'unit': unit, 'a': y, 'z': z, 'd': null, 'n': 'actual', 'of': null, 'w': null},
            {'k': 3, 'measure': 'total', 'v': outbound, 'unit': unit, 'a': first_day, 'z': z, 'd': 'export', 'n': 'actual', 'of': null, 'w': null},
            {'k': 4, 'measure': 'total', 'v': inbound, 'unit': unit, 'a': first_day, 'z': z, 'd': 'import', 'n': 'actual', 'of': null, 'w': null},
            {'k': 5, 'measure': 'yoy_pct', 'v': 100 * (v / year_before - 1), 'unit': '%', 'a': first_day, 'z': z, 'd': null, 'n': 'actual', 'of': 1, 'w': null},
            {'k': 6, 'measure': 'daily_mean', 'v': v / day(z), 'unit': unit, 'a': first_day, 'z': z, 'd': null, 'n': 'actual', 'of': null, 'w': null},
            {'k': 7, 'measure': 'daily_max', 'v': 1.3 * v / day(z), 'unit': unit, 'a': first_day, 'z': z, 'd': null, 'n': 'actual', 'of': null, 'w': null},
            {'k': 8, 'measure': 'share_pct', 'v': if(port = 'cn', null, 100 * v / country), 'unit': '%', 'a': first_day, 'z': z, 'd': null, 'n': 'actual', 'of': 1, 'w': 'cn'},
            {'k': 9, 'measure': 'total', 'v': if(month(z) = 1, 12.5 * v, null), 'unit': unit, 'a': y, 'z': last_day(y + 360), 'd': null, 'n': 'plan', 'of': null, 'w': null},
            {'k': 10, 'measure': 'daily_max', 'v': if(month(z) = 7, v / 15, null), 'unit': unit, 'a': z, 'z': z, 'd': null, 'n': 'capacity', 'of': null, 'w': null},
            {'k': 11, 'measure': 'total', 'v': if(month(z) % 3 = 0, ever, null), 'unit': unit, 'a': null, 'z': z, 'd': null, 'n': 'actual', 'of': null, 'w': null},
            {'k': 12, 'measure': 'lead_days', 'v': if(month(z) = 9, 10 + hash(subject, m) % 30, null), 'unit': 'day', 'a': y, 'z': z, 'd': null, 'n': 'actual', 'of': 2, 'w': null}
        ], max_depth := 2)
    from flow
),
heard as (
    select *, hash(subject, m, k, p, $seed) as luck, (story * $months + m) * $publishers + p as article
    from fact, range($publishers) as r (p)
    where v is not null and hash(subject, m, k, p, 7, $seed) % 2 = 0
),
-- A percentage has one decimal; of counts some are rounded to three digits.
written as (
    select
        *,
        case
            when unit = '%' then 'rate'
            when luck % 20 < 16 then 'exact'
            when luck % 20 < 18 then 'rounded'
            when luck % 20 < 19 then 'about'
            else 'over'
        end as wording,
        case when unit = '%' then 0.1 else pow(10, greatest(0, floor(log10(greatest(v, 1))) - 2)) end as step,
        if(luck % 500 = 499, 10, 1) as slip
    from heard
),
valued as (
    select
        *,
        cast(slip * if(wording = 'exact', round(v), round(floor(v / step) * step, 1)) as decimal(38, 10)) as value
    from written
)
select
    story, format('{:016x}', article) as article_id, p, k,
    row_number() over (partition by article order by subject, k) - 1 as place,
    port, metric, measure, value, unit,
    case wording when 'about' then '~' when 'over' then '>' else '=' end as qualifier,
    case wording
        when 'exact' then value when 'about' then value * 0.9 when 'over' then value
        else value - cast(slip * step as decimal(38, 10))
    end as low,
    case wording
        when 'exact' then value when 'about' then value * 1.1 when 'over' then null
        else value + cast(slip * step as decimal(38, 10))
    end as high,
    a as period_start, z as period_end, d as direction, mode, breakdown, n as nature, w as whole,
    format('{:016x}{:06d}', article, subject % 6 * 20 + "of") as relates_to,
    format('{:016x}{:06d}', article, subject % 6 * 20 + k) as figure_id,
    told + cast(3 + p % 28 as integer) as published_on
from valued;
"""

_RUN = "insert into run values (1, '2025-05-01', '2025-05-01', 'run', 'x1', 0, 0, 0, 0, 0, 0, 0)"

_TABLES = """
create or replace temp table slice as select * from stated where story % $slices = $slice;
insert into article
select
    article_id, article_id, 'A month of ' || any_value(port),
    string_agg(sentence, '' order by place), 'en', 'Publisher ' || any_value(p), null, any_value(published_on), false,
    sha256(article_id), 1
from (
    select
        *,
        rpad(
            printf('%s %s %s %.1f %s, %s to %s.', port, metric, measure, value::double, unit, period_start, period_end),
            $width, ' '
        ) as sentence
    from slice
)
group by article_id;
insert into figure
select
    figure_id, article_id, place * $width, place * $width + 9, 'a figure', place * $width, (place + 1) * $width,
    'observation', null, null, 'x1', 1, null
from slice;
insert into observation
select
    'o' || figure_id, figure_id, article_id, port, null, metric, measure, value, unit, qualifier, low, high, period_start,
    period_end, 'port', direction, mode, if(metric = 'trains', 'china_europe', null), breakdown, nature, null, whole,
    if(relates_to in (select figure_id from slice), relates_to, null), 1.0, '[]'
from slice;
"""


def make(path: Path, observations: int, publishers: int = 3, seed: int = 1, memory: str = "10GB") -> int:
    """Write a book of about so many observations to a new file; give how many it has.

    Its tables have the columns of schema.sql but no keys, of which DuckDB would build an index in
    memory for each: no view reads them.
    """
    con = duckdb.connect(str(path), config={"threads": 2, "memory_limit": memory})
    con.execute("set preserve_insertion_order = false")
    con.execute(schema_sql())
    for table in ("observation", "figure", "reading", "correction", "rejection", "article", "run"):
        con.execute(f"create table keyless as select * from {table}")
        con.execute(f"drop table {table}")
        con.execute(f"alter table keyless rename to {table}")
    refresh(con, load_lexicon())
    subjects = 6 * max(1, round(observations / (6 * A_MONTH * MONTHS * publishers)))
    _run(con, _SERIES, subjects=subjects, months=MONTHS, seed=seed)
    _run(con, _STATED, publishers=publishers, months=MONTHS, seed=seed)
    con.execute(_RUN)
    slices = max(1, observations // 500_000)
    for part in range(slices):
        _run(con, _TABLES, width=WIDTH, slices=slices, slice=part)
    create_views(con)
    found = con.execute("select count(*) from observation").fetchone()
    con.execute("checkpoint")
    con.close()
    return int(found[0]) if found else 0


def _run(con: duckdb.DuckDBPyConnection, sql: str, **values: int) -> None:
    for name, value in sorted(values.items(), reverse=True):  # $slices before $slice
        sql = sql.replace(f"${name}", str(value))
    con.execute(sql)
