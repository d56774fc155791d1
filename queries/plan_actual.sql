-- One row per plan and what was reported for the same series and period.
-- needs: standing_latest
--
-- A plan is what an article announced, the actual figure the one that `latest` chose: of the same first
-- day and the last end up to the plan's, so a total of the year so far until the year is out. Planned
-- growth stands beside stated growth.
create or replace view plan_actual as
with dated as (
    select
        *,
        -- Equal for the series and the first day, nulls too.
        concat_ws(
            '|', port, metric, measure, unit, scope, coalesce(partner, ''), coalesce(direction, ''),
            coalesce(mode, ''), coalesce(service, ''), coalesce(breakdown, ''), coalesce(whole, ''),
            coalesce(cast(period_start as varchar), '')
        ) as series
    from standing_latest
    where
        nature in ('plan', 'actual')
        and measure <> 'lead_days'
        and period_end is not null
        -- Of times and prices less is better.
        and metric not in (
            select m.metric
            from metric as m
            where m.flow in ('duration', 'price')
        )
),
plan as (
    select *
    from dated
    where nature = 'plan'
),
actual as (
    select *
    from dated
    where nature = 'actual'
),
met as (
    select
        p.observation_id as plan_observation_id,
        a.observation_id as actual_observation_id,
        a.value,
        a.low,
        a.high,
        a.period_end,
        a.published_on
    from plan as p
    asof inner join actual as a on p.series = a.series and p.period_end >= a.period_end
),
final as (
    select
        p.port,
        p.metric,
        p.measure,
        p.period_start,
        p.period_end,
        p.value as planned,
        m.value as actual,
        p.unit,
        m.period_end as actual_until,
        case when p.unit <> '%' and p.value > 0 then 100 * cast(m.value as double) / cast(p.value as double) end
            as reached_pct,
        case when p.unit <> '%' and p.high > 0 then 100 * cast(m.low as double) / cast(p.high as double) end as reached_pct_low,
        case when p.unit <> '%' and p.low > 0 then 100 * cast(m.high as double) / cast(p.low as double) end as reached_pct_high,
        case
            -- A sum that has passed its aim stays there; a mean or a growth may fall again.
            when p.measure <> 'total' and m.period_end < p.period_end then null
            when m.low >= p.value then true
            when m.period_end = p.period_end and m.high < p.low then false
        end as is_met,
        p.low as planned_low,
        p.high as planned_high,
        m.low as actual_low,
        m.high as actual_high,
        p.published_on as planned_on,
        m.published_on as reported_on,
        p.partner,
        p.scope,
        p.direction,
        p.mode,
        p.service,
        p.breakdown,
        p.observation_id as plan_observation_id,
        m.actual_observation_id
    from plan as p
    left join met as m on p.observation_id = m.plan_observation_id
)
select * from final;
comment on view plan_actual is 'Plans beside what was reported for the same series and period.';
comment on column plan_actual.port is 'Reporting place.';
comment on column plan_actual.metric is 'What is counted.';
comment on column plan_actual.measure is 'What the number says of the metric.';
comment on column plan_actual.period_start is 'First day of the period; null where the text does not say.';
comment on column plan_actual.period_end is 'Last day of the period, inclusive.';
comment on column plan_actual.planned is 'What was announced.';
comment on column plan_actual.actual is 'What was reported; null where the book has nothing yet.';
comment on column plan_actual.unit is 'Unit of the stated numbers.';
comment on column plan_actual.actual_until is 'Last day that the reported figure is about: before period_end while the period runs.';
comment on column plan_actual.reached_pct is 'Actual in percent of the plan.';
comment on column plan_actual.reached_pct_low is 'Least that both intervals support.';
comment on column plan_actual.reached_pct_high is 'Most that both intervals support.';
comment on column plan_actual.is_met is 'True once the plan is certainly reached, false where its period ended below it, else null.';
comment on column plan_actual.planned_low is 'Lower end of the plan.';
comment on column plan_actual.planned_high is 'Upper end of the plan.';
comment on column plan_actual.actual_low is 'Lower end of the actual figure.';
comment on column plan_actual.actual_high is 'Upper end of the actual figure.';
comment on column plan_actual.planned_on is 'Day the plan came out.';
comment on column plan_actual.reported_on is 'Day the actual figure came out.';
comment on column plan_actual.partner is 'Counterpart of a trade or a route.';
comment on column plan_actual.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column plan_actual.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column plan_actual.mode is 'Mode of transport.';
comment on column plan_actual.service is 'Which trains are counted.';
comment on column plan_actual.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column plan_actual.plan_observation_id is 'The plan; joins to provenance.';
comment on column plan_actual.actual_observation_id is 'The actual figure.';
