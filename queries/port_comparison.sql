-- One row per port of a comparison: ports with the same metric, measure, kind of place, scope, service, direction, mode, partner, breakdown, nature, unit and period.
-- needs: latest
--
-- Unequal scopes never meet: what differs in any of these columns, null or not, is another
-- comparison, and one with a single port is left out. Periods must be the same to the day;
-- only stocks (measure = level) compare within a calendar month, each port with its last one.
-- A port, a hub, a customs district, a region and a country are different kinds of place: a
-- hub's departures are a crossing's passages. One shipment or one route is not a port's figure
-- and has no rank. The largest has ratio 1 exactly; the others' ratio is their interval over
-- its interval, in double, an open end null.
create or replace view port_comparison as
with level as (
    select
        l.*,
        p.parent,
        case when p.kind in ('rail', 'road', 'sea', 'air') then 'port' else p.kind end as place,
        case
            when l.measure = 'level' then cast(date_trunc('month', l.period_end) as date) else l.period_start
        end as compared_start,
        case when l.measure = 'level' then last_day(l.period_end) else l.period_end end as compared_end
    from latest as l
    inner join port as p on l.port = p.slug
    where
        l.measure in (
            'total', 'daily_mean', 'daily_max', 'weekly_mean', 'monthly_mean', 'level', 'minimum', 'maximum',
            'mean'
        )
        and l.scope in ('port', 'company')
        and l.period_end is not null
),
last_level as (
    select *
    from level
    qualify
        row_number() over (
            partition by
                port, metric, measure, scope, service, direction, mode, partner, breakdown, nature, unit,
                compared_start, compared_end
            order by period_end desc, period_start desc nulls last, observation_id asc
        ) = 1
),
compared as (
    select
        *,
        min(observation_id) over (same_key) as comparison,
        count(*) over (same_key) as ports,
        rank() over (same_key order by value desc) as rank,
        row_number() over (same_key order by value desc, port asc) as place_in_order
    from last_level
    window
        same_key as (
            partition by
                metric, measure, place, scope, service, direction, mode, partner, breakdown, nature, unit,
                compared_start, compared_end
        )
),
final as (
    select
        c.metric,
        c.measure,
        c.compared_start as period_start,
        c.compared_end as period_end,
        c.rank,
        c.port,
        c.value,
        c.unit,
        case
            when c.place_in_order = 1 then cast(1 as double)
            else cast(c.value as double) / nullif(cast(m.value as double), 0)
        end as ratio,
        case
            when c.measure = 'total' then cast(c.value as double) / c.days
            when c.measure = 'daily_mean' then cast(c.value as double)
        end as per_day,
        c.service,
        c.direction,
        c.mode,
        c.breakdown,
        c.partner,
        c.scope,
        c.place,
        c.nature,
        c.low,
        c.high,
        case
            when c.place_in_order = 1 then cast(1 as double)
            when m.high > 0 then cast(c.low as double) / cast(m.high as double)
        end as ratio_low,
        case
            when c.place_in_order = 1 then cast(1 as double)
            when m.low > 0 then cast(c.high as double) / cast(m.low as double)
        end as ratio_high,
        case
            when c.measure = 'total' then cast(c.low as double) / c.days
            when c.measure = 'daily_mean' then cast(c.low as double)
        end as per_day_low,
        case
            when c.measure = 'total' then cast(c.high as double) / c.days
            when c.measure = 'daily_mean' then cast(c.high as double)
        end as per_day_high,
        c.days,
        c.period_end as as_of,
        c.ports,
        m.port as largest,
        w.port as part_of,
        c.lowest <> c.highest as values_differ,
        c.published_on,
        c.publisher,
        c.comparison,
        c.observation_id,
        m.observation_id as largest_observation_id
    from compared as c
    inner join compared as m on c.comparison = m.comparison and m.place_in_order = 1
    left join compared as w on c.comparison = w.comparison and c.parent = w.port
    where c.ports > 1
)
select * from final;
