-- One row per two totals of one place, period and kind of traffic: how much of one comes with each of the other.
-- needs: standing_latest
--
-- A band (table band, data/bands.csv) is what is plausible, drawn wide: outside of it a scope, a unit or a
-- power of ten has slipped, not the trade. Money has a band for each currency. `slip` is the power of ten that
-- would bring the ratio into its band: 4 where 万 was lost, -3 where a thousand was counted twice.
create or replace view intensity as
with total as (
    select *
    from standing_latest
    where nature = 'actual' and measure = 'total' and scope = 'port' and period_end is not null
),
paired as (
    select
        a.port,
        a.metric as over_metric,
        b.metric as under_metric,
        a.period_start,
        a.period_end,
        cast(a.value as double) / nullif(cast(b.value as double), 0) as ratio,
        case when b.high > 0 then cast(a.low as double) / cast(b.high as double) end as ratio_low,
        case when b.low > 0 then cast(a.high as double) / cast(b.low as double) end as ratio_high,
        r.unit,
        cast(r.least as double) as least,
        cast(r.most as double) as most,
        r.basis,
        a.value as over_value,
        a.unit as over_unit,
        b.value as under_value,
        a.direction,
        a.mode,
        a.service,
        a.breakdown,
        a.partner,
        a.observation_id as over_observation_id,
        b.observation_id as under_observation_id
    from band as r
    inner join total as a on r.over_metric = a.metric and r.over_unit = a.unit
    inner join total as b
        on
            r.under_metric = b.metric
            and r.under_unit = b.unit
            and a.port = b.port
            and a.period_start is not distinct from b.period_start
            and a.period_end = b.period_end
            and a.direction is not distinct from b.direction
            and a.mode is not distinct from b.mode
            and a.service is not distinct from b.service
            and a.breakdown is not distinct from b.breakdown
            and a.partner is not distinct from b.partner
    where b.value > 0
),
final as (
    select
        port,
        over_metric,
        under_metric,
        period_start,
        period_end,
        ratio,
        ratio_low,
        ratio_high,
        unit,
        least,
        most,
        coalesce(ratio_low <= most, true) and coalesce(ratio_high >= least, true) as is_plausible,
        case
            when ratio_low > most then -cast(ceil(log10(ratio_low / most)) as integer)
            when ratio_high < least and ratio_high > 0 then cast(ceil(log10(least / ratio_high)) as integer)
        end as slip,
        over_value,
        over_unit,
        under_value,
        direction,
        mode,
        service,
        breakdown,
        partner,
        basis,
        over_observation_id,
        under_observation_id
    from paired
)
select * from final;
comment on view intensity is 'TEU and tonnes a train, value a TEU, tonne and parcel, with a plausible band that shows slips of scope or unit.';
comment on column intensity.port is 'Reporting place.';
comment on column intensity.over_metric is 'What is divided.';
comment on column intensity.under_metric is 'What it is divided by.';
comment on column intensity.period_start is 'First day of the period; null where the text does not say.';
comment on column intensity.period_end is 'Last day of the period, inclusive.';
comment on column intensity.ratio is 'How much of over_metric comes with each of under_metric.';
comment on column intensity.ratio_low is 'Least that both intervals support.';
comment on column intensity.ratio_high is 'Most that both intervals support.';
comment on column intensity.unit is 'Unit of the ratio.';
comment on column intensity.least is 'Lower end of the plausible band.';
comment on column intensity.most is 'Upper end of the plausible band.';
comment on column intensity.is_plausible is 'False where the ratio is certainly outside the band.';
comment on column intensity.slip is 'Power of ten that would bring it into the band; null where it is plausible.';
comment on column intensity.over_value is 'The total that is divided.';
comment on column intensity.over_unit is 'Its unit as stated.';
comment on column intensity.under_value is 'The total that it is divided by.';
comment on column intensity.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column intensity.mode is 'Mode of transport.';
comment on column intensity.service is 'Which trains are counted.';
comment on column intensity.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column intensity.partner is 'Counterpart of a trade or a route.';
comment on column intensity.basis is 'What the band was drawn from.';
comment on column intensity.over_observation_id is 'The total that is divided; joins to provenance.';
comment on column intensity.under_observation_id is 'The total that it is divided by.';
