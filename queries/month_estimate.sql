-- One row per series of running totals (and the day that they run from) and calendar month between two of them.
-- needs: milestones, standing_latest
--
-- A total at the end of both months gives the month exactly. Elsewhere the running total is drawn as
-- a straight line between its neighbours, and bounded by them: it never falls, so at any day it is at
-- least the greatest lower end so far and at most the least upper end still to come. On the day before
-- it begins it is nothing. Last year's day of a milestone counts as a lower end.
-- Months outside of the first and the last total are not guessed, nor is one total parted.
create or replace view month_estimate as
with stated as (
    select
        t.port, t.metric, t.unit, t.partner, t.scope, t.direction, t.mode, t.service, t.breakdown, t.whole,
        t.period_start as runs_from, t.period_end, t.value, t.low, t.high, t.observation_id,
        null as lead_observation_id
    from standing_latest as t
    inner join metric as m on t.metric = m.metric
    where t.nature = 'actual' and t.measure = 'total' and t.period_end is not null and m.flow = 'flow'
    union all
    select
        m.port, m.metric, m.unit, m.partner, m.scope, m.direction, m.mode, m.service, m.breakdown, null as whole,
        m.before_start as runs_from, m.reached_before_until as period_end, m.count_reached as value,
        m.count_low as low, null as high, m.count_observation_id as observation_id,
        m.observation_id as lead_observation_id
    from milestones as m
    where m.reached_before_until < m.period_start
),
-- One point a day: the stated one before the derived.
one_a_day as (
    select *
    from stated
    qualify
        row_number() over (
            partition by
                port, metric, unit, partner, scope, direction, mode, service, breakdown, whole, runs_from,
                period_end
            order by lead_observation_id asc nulls first, observation_id asc
        ) = 1
),
point as (
    select
        *,
        coalesce(lead_observation_id, observation_id) as point_id,
        -- A milestone is a point of two series, its own year's and, by its lead, the year before's.
        min(coalesce(lead_observation_id, observation_id)) over (
            partition by
                port, metric, unit, partner, scope, direction, mode, service, breakdown, whole, runs_from
        ) as series
    from one_a_day
),
with_start as (
    select series, period_end, value, low, high, [observation_id, lead_observation_id] as ids
    from point
    union all
    select series, any_value(runs_from) - 1 as period_end, 0 as value, 0 as low, 0 as high, [] as ids
    from point
    where runs_from is not null
    group by series
),
bounded as (
    select
        series,
        period_end,
        max(low) over so_far as least,
        min(high) over to_come as most,
        least(greatest(value, max(low) over so_far), coalesce(min(high) over to_come, value)) as value,
        ids,
        arg_max(ids, low) over so_far as least_ids,
        arg_min(ids, high) over to_come as most_ids
    from with_start
    window
        so_far as (
            partition by series order by period_end rows between unbounded preceding and current row
        ),
        to_come as (
            partition by series order by period_end rows between current row and unbounded following
        )
),
span as (
    select
        series,
        min(period_end) as first_end,
        max(period_end) as last_end
    from bounded
    group by series
    having count(*) filter (where len(ids) > 0) > 1
),
month_end as (
    select
        series,
        last_day(
            cast(unnest(range(date_trunc('month', first_end), last_end + interval 1 day, interval 1 month)) as date)
        ) as day,
        last_end
    from span
),
-- Totals and ends of months in one order: each end has the total before it (or on it) and the one after.
in_order as (
    select
        b.series,
        b.period_end as day,
        false as is_month_end,
        {
            'day': b.period_end, 'value': cast(b.value as double), 'least': b.least, 'most': b.most,
            'ids': b.ids || b.least_ids || b.most_ids
        } as point
    from bounded as b
    inner join span as s on b.series = s.series
    union all
    select
        series,
        day,
        true as is_month_end,
        null as point
    from month_end
    where day <= last_end
),
drawn as (
    select
        series,
        day,
        is_month_end,
        last_value(point ignore nulls) over (
            partition by series order by day range between unbounded preceding and current row
        ) as before,
        first_value(point ignore nulls) over (
            partition by series order by day range between current row and unbounded following
        ) as after
    from in_order
),
at_end as (
    select
        series,
        day,
        before.day = day as is_stated,
        case
            when after.day = before.day then before.value
            else before.value + (after.value - before.value) * (day - before.day) / (after.day - before.day)
        end as value,
        before.least,
        after.most,
        before.ids || after.ids as ids
    from drawn
    where is_month_end and before is not null
),
flow as (
    select
        series,
        cast(date_trunc('month', day) as date) as period_start,
        day as period_end,
        value - lag(value) over by_day as flow,
        greatest(coalesce(cast(least - lag(most) over by_day as double), 0), 0) as flow_low,
        cast(most - lag(least) over by_day as double) as flow_high,
        is_stated and lag(is_stated) over by_day as is_stated,
        list_sort(list_distinct(ids || lag(ids) over by_day)) as observation_ids
    from at_end
    window by_day as (partition by series order by day)
    qualify lag(day) over by_day is not null
),
final as (
    select
        s.port,
        s.metric,
        f.period_start,
        f.period_end,
        f.flow,
        f.flow_low,
        f.flow_high,
        s.unit,
        f.is_stated,
        f.flow / day(f.period_end) as per_day,
        f.flow_low / day(f.period_end) as per_day_low,
        f.flow_high / day(f.period_end) as per_day_high,
        coalesce(f.flow_high < f.flow_low, false) as is_impossible,
        s.runs_from,
        s.partner,
        s.scope,
        s.direction,
        s.mode,
        s.service,
        s.breakdown,
        f.observation_ids
    from flow as f
    inner join point as s on f.series = s.point_id
)
select * from final;
comment on view month_estimate is 'What running totals say of each calendar month between them, with bounds.';
comment on column month_estimate.port is 'Reporting place.';
comment on column month_estimate.metric is 'What is counted.';
comment on column month_estimate.period_start is 'First day of the month.';
comment on column month_estimate.period_end is 'Last day of the month.';
comment on column month_estimate.flow is 'What passed in the month: exact, or by a straight line between the totals around it.';
comment on column month_estimate.flow_low is 'Least that the totals support.';
comment on column month_estimate.flow_high is 'Most that the totals support; null is unbounded.';
comment on column month_estimate.unit is 'Unit of the flow.';
comment on column month_estimate.is_stated is 'True where totals end on both ends of the month, so that nothing was drawn.';
comment on column month_estimate.per_day is 'Flow by days.';
comment on column month_estimate.per_day_low is 'Lower end of the flow by days.';
comment on column month_estimate.per_day_high is 'Upper end of the flow by days.';
comment on column month_estimate.is_impossible is 'True where the totals around the month contradict each other.';
comment on column month_estimate.runs_from is 'The day that the totals run from; null since the beginning.';
comment on column month_estimate.partner is 'Counterpart of a trade or a route.';
comment on column month_estimate.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column month_estimate.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column month_estimate.mode is 'Mode of transport.';
comment on column month_estimate.service is 'Which trains are counted.';
comment on column month_estimate.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column month_estimate.observation_ids is 'All observations that the row rests on; each joins to provenance.';
