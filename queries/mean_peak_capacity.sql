-- One row per series (metric, place and all else but the measure) and period with a stated daily mean or daily maximum.
-- needs: standing_latest, standing_total
-- once: latest_choice, standing_total
--
-- A mean is at most the peak of the same days, and a peak at most what could pass. Mean times days is
-- set beside the stated total of the same period; a mean is rounded or cut off at its last digit, so
-- that 24 a day may be 23.1 or 24.9. A capacity is the newest that the book has for
-- the series, whatever its period; where the words name no service or direction, it is of all.
create or replace view mean_peak_capacity as
with daily as (
    select
        *,
        case when period_end is null then article_id end as undated_in
    from standing_latest
    where nature = 'actual' and measure in ('daily_mean', 'daily_max')
),
stated as (
    select
        port,
        metric,
        period_start,
        period_end,
        any_value(days) as days,
        unit,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        any_value(alike) as alike,
        any_value(value) filter (where measure = 'daily_mean') as mean,
        any_value(low) filter (where measure = 'daily_mean') as mean_low,
        any_value(high) filter (where measure = 'daily_mean') as mean_high,
        any_value(value) filter (where measure = 'daily_max') as peak,
        any_value(low) filter (where measure = 'daily_max') as peak_low,
        any_value(high) filter (where measure = 'daily_max') as peak_high,
        any_value(observation_id) filter (where measure = 'daily_mean') as mean_observation_id,
        any_value(observation_id) filter (where measure = 'daily_max') as peak_observation_id
    from daily
    group by
        port, metric, period_start, period_end, undated_in, unit, partner, scope, direction, mode, service,
        breakdown
),
with_total as (
    select
        s.*,
        t.value as total,
        t.low as total_low,
        t.high as total_high,
        t.observation_id as total_observation_id
    from stated as s
    left join standing_total as t
        on
            s.alike = t.alike
            and s.unit = t.unit
            and s.scope = t.scope
            and s.period_start = t.period_start
            and s.period_end = t.period_end
),
capacity as (
    select *
    from standing_latest
    where nature = 'capacity' and measure in ('daily_mean', 'daily_max')
    qualify
        row_number() over (
            partition by port, metric, unit, scope, direction, service, breakdown
            order by published_on desc nulls last, observation_id asc
        ) = 1
),
-- An outer join that asks for more than equal columns compares each row with each; this one is none.
fitting as (
    select
        s.mean_observation_id,
        s.peak_observation_id,
        c.value as capacity,
        c.low as capacity_low,
        c.high as capacity_high,
        c.observation_id as capacity_observation_id
    from with_total as s
    inner join capacity as c
        on
            s.port = c.port
            and s.metric = c.metric
            and s.unit = c.unit
            and s.scope = c.scope
            and s.breakdown is not distinct from c.breakdown
    where
        coalesce(c.direction, 'both') in ('both', s.direction)
        and coalesce(c.service, s.service, '') = coalesce(s.service, '')
    -- Each row has a mean or a peak, and no other row has the same.
    qualify
        row_number() over (
            partition by s.mean_observation_id, s.peak_observation_id
            order by c.service asc nulls last, c.direction asc nulls last, c.observation_id asc
        ) = 1
),
with_capacity as (
    select
        s.*,
        f.capacity,
        f.capacity_low,
        f.capacity_high,
        f.capacity_observation_id
    from with_total as s
    left join fitting as f
        on
            s.mean_observation_id is not distinct from f.mean_observation_id
            and s.peak_observation_id is not distinct from f.peak_observation_id
),
widened as (
    select
        *,
        case
            when mean_low < mean_high or mean_low is null or mean_high is null then 0
            when mean = round(mean) then 1
            when mean = round(mean, 1) then 0.1
            else 0.01
        end as last_digit
    from with_capacity
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        days,
        unit,
        mean,
        peak,
        capacity,
        cast(peak as double) / nullif(cast(mean as double), 0) as peak_to_mean,
        100 * cast(mean as double) / nullif(cast(capacity as double), 0) as use_pct,
        cast(mean as double) * days as implied_total,
        case when mean_low is not null then cast(greatest(mean_low - last_digit, 0) as double) * days end
            as implied_total_low,
        cast(mean_high + last_digit as double) * days as implied_total_high,
        total,
        case when mean is not null and peak is not null then not coalesce(mean_low > peak_high, false) end
            as mean_within_peak,
        case when peak is not null and capacity is not null then not coalesce(peak_low > capacity_high, false) end
            as peak_within_capacity,
        case
            when mean is not null and total is not null
                then
                    coalesce((mean_low - last_digit) * days <= total_high, true)
                    and coalesce((mean_high + last_digit) * days >= total_low, true)
        end as total_agrees,
        mean_low,
        mean_high,
        peak_low,
        peak_high,
        capacity_low,
        capacity_high,
        total_low,
        total_high,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        mean_observation_id,
        peak_observation_id,
        capacity_observation_id,
        total_observation_id
    from widened
)
select * from final;
comment on view mean_peak_capacity is 'Daily mean against daily maximum against capacity, and mean times days against the stated total.';
comment on column mean_peak_capacity.port is 'Reporting place.';
comment on column mean_peak_capacity.metric is 'What is counted.';
comment on column mean_peak_capacity.period_start is 'First day of the period; null where the text does not say.';
comment on column mean_peak_capacity.period_end is 'Last day of the period, inclusive.';
comment on column mean_peak_capacity.days is 'Days in the period; null where an end is not known.';
comment on column mean_peak_capacity.unit is 'Unit of the stated numbers.';
comment on column mean_peak_capacity.mean is 'Stated daily mean.';
comment on column mean_peak_capacity.peak is 'Stated highest single day.';
comment on column mean_peak_capacity.capacity is 'Newest stated daily capacity of the series.';
comment on column mean_peak_capacity.peak_to_mean is 'Peak over mean.';
comment on column mean_peak_capacity.use_pct is 'Mean in percent of the capacity.';
comment on column mean_peak_capacity.implied_total is 'Mean times days.';
comment on column mean_peak_capacity.implied_total_low is 'Lower end of the mean times days.';
comment on column mean_peak_capacity.implied_total_high is 'Upper end of the mean times days.';
comment on column mean_peak_capacity.total is 'Stated total of the same period.';
comment on column mean_peak_capacity.mean_within_peak is 'False where no mean in its interval is at most a peak in its own; null where either is missing.';
comment on column mean_peak_capacity.peak_within_capacity is 'False where the peak is above the capacity: one of them is of other things; null where either is missing.';
comment on column mean_peak_capacity.total_agrees is 'True where mean times days and the stated total meet; null where either is missing.';
comment on column mean_peak_capacity.mean_low is 'Lower end of the mean.';
comment on column mean_peak_capacity.mean_high is 'Upper end of the mean.';
comment on column mean_peak_capacity.peak_low is 'Lower end of the peak.';
comment on column mean_peak_capacity.peak_high is 'Upper end of the peak.';
comment on column mean_peak_capacity.capacity_low is 'Lower end of the capacity.';
comment on column mean_peak_capacity.capacity_high is 'Upper end of the capacity.';
comment on column mean_peak_capacity.total_low is 'Lower end of the total.';
comment on column mean_peak_capacity.total_high is 'Upper end of the total.';
comment on column mean_peak_capacity.partner is 'Counterpart of a trade or a route.';
comment on column mean_peak_capacity.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column mean_peak_capacity.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column mean_peak_capacity.mode is 'Mode of transport.';
comment on column mean_peak_capacity.service is 'Which trains are counted.';
comment on column mean_peak_capacity.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column mean_peak_capacity.mean_observation_id is 'The observation of the mean; joins to provenance.';
comment on column mean_peak_capacity.peak_observation_id is 'The observation of the peak.';
comment on column mean_peak_capacity.capacity_observation_id is 'The observation of the capacity.';
comment on column mean_peak_capacity.total_observation_id is 'The observation of the total.';
