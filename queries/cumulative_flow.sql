-- One row per two neighbouring totals of a series that run from one day: what passed between their ends.
-- needs: standing_latest
--
-- 3,210 by the end of May and 4,120 by the end of June are 910 in June. Totals since the beginning
-- (no first day) are neighbours too. A bound of the difference is a bound of one total less the
-- other bound of the other. A total that grows backwards cannot be: never_falls is false.
create or replace view cumulative_flow as
with stated as (
    select
        *,
        max(low) over (
            partition by
                port, metric, unit, partner, scope, direction, mode, service, breakdown, whole, period_start
            order by period_end asc rows between unbounded preceding and 1 preceding
        ) as passed
    from standing_latest
    where nature = 'actual' and measure = 'total' and period_end is not null
),
total as (
    select
        *,
        lag(observation_id) over (same_series) as earlier_observation_id,
        lag(value) over (same_series) as earlier_value,
        lag(low) over (same_series) as earlier_low,
        lag(high) over (same_series) as earlier_high,
        lag(period_end) over (same_series) as earlier_end
    from stated
    -- 'Over 3,000' after 3,895 was told tells nothing.
    where high is not null or coalesce(low > passed, true)
    window
        same_series as (
            partition by
                port, metric, unit, partner, scope, direction, mode, service, breakdown, whole, period_start
            order by period_end asc
        )
),
final as (
    select
        port,
        metric,
        cast(earlier_end + interval 1 day as date) as period_start,
        period_end,
        cast(value - earlier_value as double) as flow,
        cast(low - earlier_high as double) as flow_low,
        cast(high - earlier_low as double) as flow_high,
        unit,
        period_end - earlier_end as days,
        cast(value - earlier_value as double) / (period_end - earlier_end) as per_day,
        cast(low - earlier_high as double) / (period_end - earlier_end) as per_day_low,
        cast(high - earlier_low as double) / (period_end - earlier_end) as per_day_high,
        not coalesce(high < earlier_low, false) as never_falls,
        day(earlier_end + interval 1 day) = 1 and period_end = last_day(cast(earlier_end + interval 1 day as date))
            as is_month,
        period_start as runs_from,
        earlier_value,
        value,
        earlier_end,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        earlier_observation_id,
        observation_id
    from total
    where earlier_observation_id is not null
)
select * from final;
comment on view cumulative_flow is 'Totals that run from one day at several dates, as what passed between those dates.';
comment on column cumulative_flow.port is 'Reporting place.';
comment on column cumulative_flow.metric is 'What is counted.';
comment on column cumulative_flow.period_start is 'First day of the flow: the day after the earlier total ends.';
comment on column cumulative_flow.period_end is 'Last day of the flow.';
comment on column cumulative_flow.flow is 'Later total less the earlier.';
comment on column cumulative_flow.flow_low is 'Least that both intervals support.';
comment on column cumulative_flow.flow_high is 'Most that both intervals support.';
comment on column cumulative_flow.unit is 'Unit of the stated numbers.';
comment on column cumulative_flow.days is 'Days of the flow.';
comment on column cumulative_flow.per_day is 'Flow by days.';
comment on column cumulative_flow.per_day_low is 'Lower end of the flow by days.';
comment on column cumulative_flow.per_day_high is 'Upper end of the flow by days.';
comment on column cumulative_flow.never_falls is 'False where the later total is certainly less than the earlier.';
comment on column cumulative_flow.is_month is 'True where the flow is that of one calendar month.';
comment on column cumulative_flow.runs_from is 'The day that both totals run from; null since the beginning.';
comment on column cumulative_flow.earlier_value is 'The earlier total.';
comment on column cumulative_flow.value is 'The later total.';
comment on column cumulative_flow.earlier_end is 'Last day of the earlier total.';
comment on column cumulative_flow.partner is 'Counterpart of a trade or a route.';
comment on column cumulative_flow.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column cumulative_flow.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column cumulative_flow.mode is 'Mode of transport.';
comment on column cumulative_flow.service is 'Which trains are counted.';
comment on column cumulative_flow.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column cumulative_flow.earlier_observation_id is 'The earlier total; joins to provenance.';
comment on column cumulative_flow.observation_id is 'The later total; joins to provenance.';
