-- One row per stated total and set of stated parts that fills it: two or more periods, a period and the months after it, quarters, the places of a joint count.
-- needs: standing_latest, standing_total
-- once: latest_choice, standing_total
--
-- Beside `balance`, which parts a total by directions, by all its months and by places inside its place.
-- January to October and November are January to November; the first quarter, April and May are
-- January to May. A place whose note in the gazetteer begins with `composite of a + b` counts what a and
-- b count together: where one of them is missing, the others must not be above it. Parts and whole are
-- alike in all else, and their intervals must meet.
-- Of several periods that fill a total in many ways, the two ways are shown that leave it the least room.
-- A total since the beginning has no first day: with what one publisher told earlier, and the days between, it is filled.
create or replace view part_sum as
with recursive unbegun as (
    select
        port,
        metric,
        unit,
        partner,
        direction,
        mode,
        service,
        breakdown,
        period_end,
        value,
        low,
        high,
        observation_id,
        publisher,
        -- As in standing_total.
        (cast(hash(alike, unit, scope) as uhugeint) << 64) + hash(scope, unit, alike) as series
    from standing_latest
    where
        nature = 'actual' and measure = 'total' and scope = 'port' and whole is null
        and period_start is null and period_end is not null and publisher is not null
),
-- The part that ends with the whole first: few do, while all running totals of a year begin with it.
ending as (
    select
        w.observation_id as whole_observation_id,
        w.series,
        w.period_start,
        w.period_end,
        p.period_start as part_start,
        p.value,
        p.low,
        p.high,
        p.observation_id
    from standing_total as w
    inner join standing_total as p
        on w.series = p.series and w.period_end = p.period_end and w.period_start < p.period_start
    where w.scope = 'port'
),
two_periods as (
    select
        'two periods' as parted_by,
        e.whole_observation_id,
        2 as parts_wanted,
        2 as parts,
        e.value + a.value as parts_sum,
        e.low + a.low as parts_low,
        e.high + a.high as parts_high,
        [a.observation_id, e.observation_id] as part_observation_ids
    from ending as e
    inner join standing_total as a
        on e.series = a.series and e.period_start = a.period_start and a.period_end = e.part_start - 1
    -- Two months that make their period are what `balance` sums.
    where
        e.part_start <> date_trunc('month', e.part_start)
        or e.period_end <> last_day(e.part_start)
        or a.period_start <> date_trunc('month', a.period_start)
        or a.period_end <> last_day(a.period_start)
),
since_launch as (
    select
        'since launch' as parted_by,
        w.observation_id as whole_observation_id,
        2 as parts_wanted,
        2 as parts,
        e.value + a.value as parts_sum,
        e.low + a.low as parts_low,
        e.high + a.high as parts_high,
        [a.observation_id, e.observation_id] as part_observation_ids
    from unbegun as w
    inner join standing_total as e
        on
            w.series = e.series and w.period_end = e.period_end
    inner join unbegun as a
        on
            w.series = a.series
            and w.publisher = a.publisher
            and a.period_end = e.period_start - 1
),
-- Parts that follow one another from the first day of a total on. Of the ways that lead to a day in so many
-- parts the one that adds up to the most and the one that adds up to the least are followed.
begun as (
    select
        series,
        period_start,
        max(period_end) as furthest
    from standing_total
    where scope = 'port'
    group by series, period_start
    having count(*) > 1
),
chain as (
    select
        b.series,
        b.period_start,
        b.furthest,
        p.period_end,
        1 as parts,
        p.value as parts_sum,
        coalesce(p.low, 0) as parts_low,
        p.high as parts_high,
        p.is_month as is_month_first,
        cast(p.is_month as integer) as months,
        cast(p.is_quarter as integer) as quarters,
        [p.observation_id] as part_observation_ids
    from begun as b
    inner join standing_total as p
        on b.series = p.series and b.period_start = p.period_start and b.furthest > p.period_end
    union all
    select
        c.series,
        c.period_start,
        c.furthest,
        p.period_end,
        c.parts + 1 as parts,
        c.parts_sum + p.value as parts_sum,
        c.parts_low + coalesce(p.low, 0) as parts_low,
        c.parts_high + p.high as parts_high,
        c.is_month_first,
        c.months + cast(p.is_month as integer) as months,
        c.quarters + cast(p.is_quarter as integer) as quarters,
        c.part_observation_ids || [p.observation_id] as part_observation_ids
    from chain as c
    inner join standing_total as p
        on c.series = p.series and p.period_start = c.period_end + 1 and p.period_end <= c.furthest
    qualify
        row_number() over (
            partition by c.series, c.period_start, p.period_end
            order by c.parts_low + coalesce(p.low, 0) desc, c.part_observation_ids asc
        ) = 1
        or row_number() over (
            partition by c.series, c.period_start, p.period_end
            order by c.parts_high + p.high asc nulls last, c.part_observation_ids asc
        ) = 1
),
several_periods as (
    select
        'several periods' as parted_by,
        w.observation_id as whole_observation_id,
        c.parts as parts_wanted,
        c.parts,
        c.parts_sum,
        c.parts_low,
        c.parts_high,
        c.part_observation_ids
    from chain as c
    inner join standing_total as w
        on c.series = w.series and c.period_start = w.period_start and c.period_end = w.period_end
    -- Months and quarters have ways of their own, and so have months after a period.
    where
        c.parts > 2
        and c.quarters < c.parts
        and c.months < c.parts
        and (c.months < c.parts - 1 or c.is_month_first)
    qualify
        row_number() over (partition by w.observation_id order by c.parts_low desc, c.part_observation_ids asc) = 1
        or row_number() over (
            partition by w.observation_id order by c.parts_high asc nulls last, c.part_observation_ids asc
        ) = 1
),
-- Months that follow one another within a year, with sums from the first of them on.
in_row as (
    select
        series,
        period_start,
        period_end,
        value,
        low,
        high,
        observation_id,
        12 * year(period_start) + month(period_start) as month_number,
        month_number - row_number() over (partition by series, year(period_start) order by month_number) as run
    from standing_total
    where is_month and scope = 'port'
),
summed as (
    select
        * exclude (observation_id),
        sum(value) over up_to as value_up_to,
        sum(low) over up_to as low_up_to,
        sum(high) over up_to as high_up_to,
        count(low) over up_to as lows,
        count(high) over up_to as highs,
        list(observation_id) over up_to as observations_up_to
    from in_row
    window up_to as (partition by series, year(period_start), run order by month_number)
),
period_and_months as (
    select
        'period and months' as parted_by,
        w.observation_id as whole_observation_id,
        l.month_number - f.month_number + 2 as parts_wanted,
        l.month_number - f.month_number + 2 as parts,
        a.value + l.value_up_to - f.value_up_to + f.value as parts_sum,
        case
            when l.lows - f.lows + cast(f.low is not null as integer) = l.month_number - f.month_number + 1
                then a.low + l.low_up_to - coalesce(f.low_up_to, 0) + f.low
        end as parts_low,
        case
            when l.highs - f.highs + cast(f.high is not null as integer) = l.month_number - f.month_number + 1
                then a.high + l.high_up_to - coalesce(f.high_up_to, 0) + f.high
        end as parts_high,
        [a.observation_id] || l.observations_up_to[len(f.observations_up_to):] as part_observation_ids
    from standing_total as w
    inner join summed as l
        on w.series = l.series and w.period_end = l.period_end and w.period_start < l.period_start
    inner join summed as f
        on
            l.series = f.series
            and year(l.period_start) = year(f.period_start)
            and l.run = f.run
            and f.month_number < l.month_number
            and w.period_start < f.period_start
    inner join standing_total as a
        on w.series = a.series and w.period_start = a.period_start and a.period_end = f.period_start - 1
    -- A month before months is what `balance` sums.
    where a.period_end > last_day(a.period_start) or a.period_start > date_trunc('month', a.period_start)
),
quarters as (
    select
        'quarters' as parted_by,
        w.observation_id as whole_observation_id,
        any_value((date_diff('month', w.period_start, w.period_end) + 1) // 3) as parts_wanted,
        count(*) as parts,
        sum(q.value) as parts_sum,
        case when count(q.low) = count(*) then sum(q.low) end as parts_low,
        case when count(q.high) = count(*) then sum(q.high) end as parts_high,
        list(q.observation_id order by q.period_start) as part_observation_ids
    from standing_total as w
    inner join standing_total as q
        on
            w.series = q.series
            and year(w.period_start) = year(q.period_start)
            and w.period_start <= q.period_start
            and w.period_end >= q.period_end
    where
        w.scope = 'port'
        and w.period_start = date_trunc('quarter', w.period_start)
        and w.period_end = last_day(w.period_end)
        and month(w.period_end) in (3, 6, 9, 12)
        and year(w.period_start) = year(w.period_end)
        and date_diff('month', w.period_start, w.period_end) > 7
        and q.is_quarter
    group by w.observation_id
),
composite as (
    select
        slug as whole_port,
        trim(unnest(string_split(regexp_extract(note, '^composite of ([a-z0-9_ +-]+)', 1), '+'))) as part_port,
        len(string_split(regexp_extract(note, '^composite of ([a-z0-9_ +-]+)', 1), '+')) as parts_wanted
    from port
    where starts_with(note, 'composite of ')
),
-- Worked out by themselves: places that count jointly are few, and what others count of the same days is not.
counted_jointly as materialized (
    select
        c.part_port,
        c.parts_wanted,
        w.observation_id,
        -- Alike in all but the place, and of the same days.
        hash(
            w.metric, w.unit, w.partner, w.direction, w.mode, w.service, w.breakdown, w.period_start, w.period_end
        ) as elsewhere
    from standing_total as w
    inner join composite as c on w.port = c.whole_port
    where w.scope = 'port'
),
joint as (
    select
        'joint count' as parted_by,
        w.observation_id as whole_observation_id,
        any_value(w.parts_wanted) as parts_wanted,
        count(*) as parts,
        sum(p.value) as parts_sum,
        case when count(p.low) = count(*) then sum(p.low) end as parts_low,
        case when count(p.high) = count(*) then sum(p.high) end as parts_high,
        list(p.observation_id order by p.port) as part_observation_ids
    from counted_jointly as w
    inner join standing_total as p
        on
            w.part_port = p.port
            and w.elsewhere
            = hash(
                p.metric, p.unit, p.partner, p.direction, p.mode, p.service, p.breakdown, p.period_start, p.period_end
            )
    where p.scope = 'port'
    group by w.observation_id
),
found as (
    select * from two_periods
    union all
    select * from period_and_months
    union all
    select * from quarters
    union all
    select * from joint
    union all
    select * from since_launch
    union all
    select * from several_periods
),
parted as (
    select
        port,
        metric,
        unit,
        partner,
        direction,
        mode,
        service,
        breakdown,
        period_start,
        period_end,
        value,
        low,
        high,
        observation_id
    from standing_total
    where scope = 'port'
    union all
    select
        port,
        metric,
        unit,
        partner,
        direction,
        mode,
        service,
        breakdown,
        null as period_start,
        period_end,
        value,
        low,
        high,
        observation_id
    from unbegun
),
final as (
    select
        w.port,
        w.metric,
        w.period_start,
        w.period_end,
        f.parted_by,
        w.value as whole,
        f.parts_sum,
        w.unit,
        cast(w.value - f.parts_sum as double) as difference,
        f.parts = f.parts_wanted as is_complete,
        case
            when coalesce(f.parts_low > w.high, false) then false
            when f.parts = f.parts_wanted then not coalesce(f.parts_high < w.low, false)
        end as agrees,
        w.low as whole_low,
        w.high as whole_high,
        f.parts_low,
        f.parts_high,
        w.partner,
        w.direction,
        w.mode,
        w.service,
        w.breakdown,
        w.observation_id as whole_observation_id,
        f.part_observation_ids
    from found as f
    inner join parted as w on f.whole_observation_id = w.observation_id
)
select * from final;
comment on view part_sum is 'Totals beside the parts that fill them: two or more periods, a period and months, quarters, places counted jointly.';
comment on column part_sum.port is 'Reporting place.';
comment on column part_sum.metric is 'What is counted.';
comment on column part_sum.period_start is 'First day of the whole.';
comment on column part_sum.period_end is 'Last day of the whole, inclusive.';
comment on column part_sum.parted_by is 'two periods, several periods, period and months, quarters, since launch, or joint count (of places).';
comment on column part_sum.whole is 'The stated total.';
comment on column part_sum.parts_sum is 'Sum of the stated parts.';
comment on column part_sum.unit is 'Unit of whole and parts.';
comment on column part_sum.difference is 'Whole less parts.';
comment on column part_sum.is_complete is 'True where every part is stated; false only of places counted jointly.';
comment on column part_sum.agrees is 'True where whole and sum can be one; false where they cannot; null where a part is missing.';
comment on column part_sum.whole_low is 'Lower end of the whole.';
comment on column part_sum.whole_high is 'Upper end of the whole.';
comment on column part_sum.parts_low is 'Least that the parts support.';
comment on column part_sum.parts_high is 'Most that the parts support.';
comment on column part_sum.partner is 'Counterpart of a trade or a route.';
comment on column part_sum.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column part_sum.mode is 'Mode of transport.';
comment on column part_sum.service is 'Which trains are counted.';
comment on column part_sum.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column part_sum.whole_observation_id is 'The observation of the whole; joins to provenance.';
comment on column part_sum.part_observation_ids is 'The observations of the parts, in order of time or place.';
