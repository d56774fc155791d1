-- One row per value of a series that has a neighbour before it: both, and how many times one is of the other.
-- needs: standing_latest
--
-- Neighbours are of like length: months, quarters, running totals of a year (one may be twice the other)
-- and what is longer each beside their own kind, and so are single days and up to ten days (holidays
-- have a pace of their own). A total is taken by the day. Neighbours end at most 400 days apart.
-- `at_least` is what even the ends of both wordings leave of it; an end that the words leave open is
-- taken at half or double the number. One shipment's or one company's figures, plans, times and prices
-- have no neighbours.
create or replace view neighbours as
with counted as (
    select
        l.*,
        case when l.measure = 'total' then l.days else 1 end as by_days,
        case
            when l.measure = 'level' then 'level'
            when l.days = 1 then 'day'
            when l.days <= 10 then 'days'
            when l.days <= 45 then 'month'
            when l.period_start = date_trunc('year', l.period_end) then 'year so far'
            when l.days <= 100 then 'quarter'
            when l.days is null then 'no start'
            else 'longer'
        end as span
    from standing_latest as l
    inner join metric as m on l.metric = m.metric
    where
        l.scope = 'port'
        and l.nature = 'actual'
        and l.value > 0
        and l.period_end is not null
        and m.flow in ('flow', 'stock')
        and l.measure in ('total', 'daily_mean', 'daily_max', 'weekly_mean', 'monthly_mean', 'level')
        and (l.measure <> 'total' or l.days is not null)
),
rated as (
    select
        *,
        cast(value as double) / by_days as rate,
        cast(case when low > 0 then low else value / 2 end as double) / by_days as rate_low,
        cast(coalesce(high, 2 * value) as double) / by_days as rate_high
    from counted
),
paired as (
    select
        *,
        lag(value) over beside as before_value,
        lag(days) over beside as before_days,
        lag(period_start) over beside as before_period_start,
        lag(period_end) over beside as before_period_end,
        lag(observation_id) over beside as before_observation_id,
        lag(rate) over beside as before_rate,
        lag(rate_low) over beside as before_rate_low,
        lag(rate_high) over beside as before_rate_high
    from rated
    window
        beside as (
            partition by
                port, partner, metric, measure, direction, mode, service, breakdown, unit, whole, span
            order by period_end asc, period_start asc nulls first, observation_id asc
        )
),
stepped as (
    select
        *,
        case
            when
                period_end - before_period_end <= 400
                and coalesce(greatest(days, before_days) <= 2 * least(days, before_days), true)
                then log10(rate / before_rate)
        end as step
    from paired
),
followed as (
    select
        *,
        lag(step) over (
            partition by
                port, partner, metric, measure, direction, mode, service, breakdown, unit, whole, span
            order by period_end asc, period_start asc nulls first, observation_id asc
        ) as step_before
    from stepped
),
final as (
    select
        port,
        metric,
        measure,
        period_start,
        period_end,
        value,
        unit,
        before_period_start,
        before_period_end,
        before_value,
        rate,
        before_rate,
        power(10, abs(step)) as times,
        greatest(rate_low / before_rate_high, before_rate_low / rate_high, 1) as at_least,
        step,
        coalesce(
            step * step_before < 0 and abs(step + step_before) <= abs(step) / 2, false
        ) as is_return,
        partner,
        direction,
        mode,
        service,
        breakdown,
        observation_id,
        before_observation_id
    from followed
    where step is not null
)
select * from final;
comment on view neighbours is 'Each value of a series beside the one before it, by the day, and how many times one is of the other.';
comment on column neighbours.port is 'Reporting place.';
comment on column neighbours.metric is 'What is counted.';
comment on column neighbours.measure is 'What the number says of the metric.';
comment on column neighbours.period_start is 'First day of the period; null where the text does not say.';
comment on column neighbours.period_end is 'Last day of the period, inclusive.';
comment on column neighbours.value is 'The value, exact.';
comment on column neighbours.unit is 'Unit of both values.';
comment on column neighbours.before_period_start is 'First day of the period before.';
comment on column neighbours.before_period_end is 'Last day of the period before.';
comment on column neighbours.before_value is 'Its value, exact.';
comment on column neighbours.rate is 'The value, a total by the day.';
comment on column neighbours.before_rate is 'The value before, a total by the day.';
comment on column neighbours.times is 'How many times the greater rate is of the smaller.';
comment on column neighbours.at_least is 'That, where the wordings of both leave least of it.';
comment on column neighbours.step is 'Common logarithm of the rate over the one before: 1 is ten times, -1 a tenth.';
comment on column neighbours.is_return is 'True where most of the step is the way back from a value that stood out.';
comment on column neighbours.partner is 'Counterpart of a trade or a route.';
comment on column neighbours.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column neighbours.mode is 'Mode of transport.';
comment on column neighbours.service is 'Which trains are counted.';
comment on column neighbours.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column neighbours.observation_id is 'The observation; joins to provenance.';
comment on column neighbours.before_observation_id is 'The observation before.';
