-- One row per port of a comparison: ports with the same metric, measure, kind of place, partner, breakdown, nature, unit and period.
-- needs: standing_latest
--
-- Ranked are ports whose figures have the same scope, service, direction and mode too; what differs in any
-- of these, null or not, is another comparison. A port that has no equal in any has a place without rank
-- in the comparison of the most ports (of those, of the largest value), with the figure of it that differs in the least:
-- unequal_in says what its figure differs in. Where no two ports are equal, the largest has rank 1, alone.
-- Periods must be the same to the day; only stocks (measure = level) compare within a calendar
-- month, each port with its last one. A port, a hub, a customs district, a region and a country are
-- different kinds of place: a hub's departures are a crossing's passages. One shipment or one route is
-- not a port's figure and has no place. The largest has ratio 1 exactly; the others' ratio is their
-- interval over its interval, in double, an open end null.
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
    from standing_latest as l
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
in_terms as (
    select
        *,
        min(observation_id) over (
            partition by
                metric, measure, place, partner, breakdown, nature, unit, compared_start, compared_end
        ) as subject,
        min(observation_id) over (same_terms) as comparison,
        count(*) over (same_terms) as ports,
        rank() over (same_terms order by value desc) as rank,
        row_number() over (same_terms order by value desc, port asc) as place_in_order
    from last_level
    window
        same_terms as (
            partition by
                metric, measure, place, scope, service, direction, mode, partner, breakdown, nature, unit,
                compared_start, compared_end
        )
),
alone as (
    select
        subject,
        port
    from in_terms
    group by subject, port
    having max(ports) = 1
),
foremost as (
    select *
    from in_terms
    where place_in_order = 1 and subject in (select a.subject from alone as a)
    qualify row_number() over (partition by subject order by ports desc, value desc, observation_id asc) = 1
),
differing as (
    select
        t.* replace (
            l.comparison as comparison,
            l.ports as ports,
            cast(null as bigint) as rank,
            cast(null as bigint) as place_in_order
        ),
        list_filter(
            [
                case when t.scope <> l.scope then 'scope' end,
                case when t.service is distinct from l.service then 'service' end,
                case when t.direction is distinct from l.direction then 'direction' end,
                case when t.mode is distinct from l.mode then 'mode' end
            ],
            lambda word: word is not null
        ) as differences
    from in_terms as t
    inner join alone as a on t.subject = a.subject and t.port = a.port
    inner join foremost as l on t.subject = l.subject and t.port <> l.port
),
unequal as (
    select
        * exclude (differences),
        array_to_string(differences, ', ') as unequal_in
    from differing
    qualify
        row_number() over (
            partition by subject, port order by len(differences) asc, value desc, observation_id asc
        ) = 1
),
compared as (
    select
        *,
        null as unequal_in
    from in_terms
    where ports > 1 or comparison in (select u.comparison from unequal as u)
    union all
    select * from unequal
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
        c.unequal_in,
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
)
select * from final;
comment on view port_comparison is 'Ports side by side on one metric and period: level, per day, rank and ratio to the largest; what is not of equal scope says so.';
comment on column port_comparison.metric is 'What is counted.';
comment on column port_comparison.measure is 'What the number says of the metric.';
comment on column port_comparison.period_start is 'First day of the compared period; for stocks, of the month.';
comment on column port_comparison.period_end is 'Last day of the compared period; for stocks, of the month.';
comment on column port_comparison.rank is '1 for the greatest value; equal values share a rank; null where the figure is not equal in its terms.';
comment on column port_comparison.port is 'Reporting place.';
comment on column port_comparison.value is 'The level in base units, exact.';
comment on column port_comparison.unit is 'Unit of the stated numbers.';
comment on column port_comparison.ratio is 'Value over the largest value of the comparison.';
comment on column port_comparison.per_day is 'A total divided by its days, or a stated daily mean.';
comment on column port_comparison.service is 'Which trains are counted.';
comment on column port_comparison.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column port_comparison.mode is 'Mode of transport.';
comment on column port_comparison.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column port_comparison.partner is 'Counterpart of a trade or a route.';
comment on column port_comparison.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column port_comparison.place is 'Kind of place compared: port, inland_hub, customs_district, region or country.';
comment on column port_comparison.nature is 'actual, plan or capacity.';
comment on column port_comparison.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column port_comparison.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column port_comparison.ratio_low is 'Lower end over the upper end of the largest.';
comment on column port_comparison.ratio_high is 'Upper end over the lower end of the largest.';
comment on column port_comparison.per_day_low is 'Lower end of per_day.';
comment on column port_comparison.per_day_high is 'Upper end of per_day.';
comment on column port_comparison.days is 'Days in the period; null where an end is not known.';
comment on column port_comparison.as_of is 'Last day that the figure itself is about.';
comment on column port_comparison.ports is 'Ports that are ranked in the comparison.';
comment on column port_comparison.unequal_in is 'What the figure differs in from those that are ranked: scope, service, direction, mode; null where it is equal.';
comment on column port_comparison.largest is 'The port with the largest value; of equals the first by name.';
comment on column port_comparison.part_of is 'The place of the same comparison that contains this one; their levels overlap.';
comment on column port_comparison.values_differ is 'True where other statements of the same key give another value.';
comment on column port_comparison.published_on is 'Day the article came out.';
comment on column port_comparison.publisher is 'Who published it.';
comment on column port_comparison.comparison is 'Names the comparison: equal in all its rows.';
comment on column port_comparison.observation_id is 'The level; joins to provenance.';
comment on column port_comparison.largest_observation_id is 'The level of the largest.';
