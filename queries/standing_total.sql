-- One row per stated total of a whole period: the statement that stands for its key, without its sentence.
-- needs: standing_latest
--
-- What the views are built on that hold totals against one another. They read this one as it is: what each of
-- them would narrow for itself, DuckDB would keep once for each.
create or replace view standing_total as
with final as (
    select
        port,
        partner,
        metric,
        unit,
        scope,
        direction,
        mode,
        service,
        breakdown,
        period_start,
        period_end,
        days,
        value,
        low,
        high,
        observation_id,
        figure_id,
        alike,
        period_start = date_trunc('month', period_start) and period_end = last_day(period_start) as is_month,
        period_start = date_trunc('quarter', period_start)
        and period_end = last_day(period_start + interval 2 month) as is_quarter,
        -- As in latest_choice.
        (cast(hash(alike, unit, scope) as uhugeint) << 64) + hash(scope, unit, alike) as series
    from standing_latest
    where nature = 'actual' and measure = 'total' and whole is null and period_start is not null and period_end is not null
)
select * from final;
comment on view standing_total is 'One stated total for each key and whole period; what the views are built on that hold totals against one another.';
comment on column standing_total.port is 'Reporting place.';
comment on column standing_total.partner is 'Counterpart of a trade or a route.';
comment on column standing_total.metric is 'What is counted.';
comment on column standing_total.unit is 'Unit of value, low and high.';
comment on column standing_total.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column standing_total.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column standing_total.mode is 'Mode of transport.';
comment on column standing_total.service is 'Which trains are counted.';
comment on column standing_total.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column standing_total.period_start is 'First day of the period.';
comment on column standing_total.period_end is 'Last day of the period, inclusive.';
comment on column standing_total.days is 'Days in the period.';
comment on column standing_total.value is 'The number in base units, exact.';
comment on column standing_total.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column standing_total.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column standing_total.observation_id is 'The observation; joins to provenance.';
comment on column standing_total.figure_id is 'The figure that it was read from.';
comment on column standing_total.alike is 'One number for port, partner, metric, direction, mode, service and breakdown: equal where all of them are.';
comment on column standing_total.is_month is 'True of a calendar month.';
comment on column standing_total.is_quarter is 'True of a calendar quarter.';
comment on column standing_total.series is 'One number for alike, unit and scope: equal where all of them are.';
