-- One row per port, period and kind of train (partner, scope, direction, mode, service, breakdown, nature) with a stated daily count.
-- needs: latest
--
-- Mean and peak stand side by side only where their periods are the same. A capacity is what
-- could pass, not what passed: it has columns and rows (nature = capacity) of its own. Of
-- several statements of one key the row has the one that `latest` chose.
create or replace view daily_train_counts as
with stated as (
    select *
    from latest
    where metric = 'trains' and measure in ('daily_mean', 'daily_max')
),
final as (
    select
        port,
        period_start,
        period_end,
        any_value(days) as days,
        service,
        direction,
        scope,
        mode,
        partner,
        breakdown,
        nature,
        any_value(value) filter (where nature <> 'capacity' and measure = 'daily_mean') as mean,
        any_value(low) filter (where nature <> 'capacity' and measure = 'daily_mean') as mean_low,
        any_value(high) filter (where nature <> 'capacity' and measure = 'daily_mean') as mean_high,
        any_value(value) filter (where nature <> 'capacity' and measure = 'daily_max') as peak,
        any_value(low) filter (where nature <> 'capacity' and measure = 'daily_max') as peak_low,
        any_value(high) filter (where nature <> 'capacity' and measure = 'daily_max') as peak_high,
        first(value order by measure) filter (where nature = 'capacity') as capacity,
        first(low order by measure) filter (where nature = 'capacity') as capacity_low,
        first(high order by measure) filter (where nature = 'capacity') as capacity_high,
        unit,
        bool_or(lowest <> highest) as values_differ,
        any_value(observation_id) filter (
            where nature <> 'capacity' and measure = 'daily_mean'
        ) as mean_observation_id,
        any_value(observation_id) filter (
            where nature <> 'capacity' and measure = 'daily_max'
        ) as peak_observation_id,
        first(observation_id order by measure) filter (where nature = 'capacity') as capacity_observation_id
    from stated
    group by
        port, period_start, period_end, service, direction, scope, mode, partner, breakdown, nature, unit
)
select * from final;
