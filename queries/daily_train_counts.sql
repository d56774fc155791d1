-- One row per port, period and kind of train (partner, scope, direction, mode, service, breakdown, nature) with a stated daily count.
-- needs: standing_latest
--
-- Mean and peak stand side by side only where their periods are the same; one that is not known
-- is the same within one article alone. A capacity is what
-- could pass, not what passed: it has columns and rows (nature = capacity) of its own. Of
-- several statements of one key the row has the one that `latest` chose.
create or replace view daily_train_counts as
with stated as (
    select
        *,
        case when period_end is null then article_id end as undated_in
    from standing_latest
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
        port, period_start, period_end, undated_in, service, direction, scope, mode, partner, breakdown,
        nature, unit
)
select * from final;
comment on view daily_train_counts is 'Trains a day: stated mean and peak by port and period, with capacity apart.';
comment on column daily_train_counts.port is 'Reporting place.';
comment on column daily_train_counts.period_start is 'First day of the period; null where the text does not say.';
comment on column daily_train_counts.period_end is 'Last day of the period, inclusive.';
comment on column daily_train_counts.days is 'Days in the period; null where an end is not known.';
comment on column daily_train_counts.service is 'Which trains are counted.';
comment on column daily_train_counts.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column daily_train_counts.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column daily_train_counts.mode is 'Mode of transport.';
comment on column daily_train_counts.partner is 'Counterpart of a trade or a route.';
comment on column daily_train_counts.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column daily_train_counts.nature is 'actual, plan or capacity.';
comment on column daily_train_counts.mean is 'Stated daily mean.';
comment on column daily_train_counts.mean_low is 'Lower end of the mean.';
comment on column daily_train_counts.mean_high is 'Upper end of the mean.';
comment on column daily_train_counts.peak is 'Stated highest single day.';
comment on column daily_train_counts.peak_low is 'Lower end of the peak.';
comment on column daily_train_counts.peak_high is 'Upper end of the peak.';
comment on column daily_train_counts.capacity is 'Stated daily capacity, in rows of nature capacity only.';
comment on column daily_train_counts.capacity_low is 'Lower end of the capacity.';
comment on column daily_train_counts.capacity_high is 'Upper end of the capacity.';
comment on column daily_train_counts.unit is 'Unit of the counts: train.';
comment on column daily_train_counts.values_differ is 'True where statements of one key in this row give different values.';
comment on column daily_train_counts.mean_observation_id is 'The observation of the mean; joins to provenance.';
comment on column daily_train_counts.peak_observation_id is 'The observation of the peak.';
comment on column daily_train_counts.capacity_observation_id is 'The observation of the capacity.';
