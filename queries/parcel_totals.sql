-- One row per port, period, kind of parcel (partner, scope, direction, mode, service, breakdown, nature) and currency of the value.
-- needs: standing_latest
--
-- Count and value stand in one row where port, period and kind are the same for both (a period
-- that is not known is the same within one article alone); a count
-- without a value, or a value without a count, is a row with nulls. Of several statements of
-- one key the row has the one that `latest` chose. Stated numbers are exact decimals, computed
-- ones double.
create or replace view parcel_totals as
with stated as (
    select
        *,
        case when period_end is null then article_id end as undated_in
    from standing_latest
    where metric in ('parcels', 'parcel_value') and measure in ('total', 'daily_mean')
),
counted as (
    select
        port,
        period_start,
        period_end,
        undated_in,
        any_value(days) as days,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        nature,
        any_value(value) filter (where measure = 'total') as parcels,
        any_value(low) filter (where measure = 'total') as parcels_low,
        any_value(high) filter (where measure = 'total') as parcels_high,
        any_value(value) filter (where measure = 'daily_mean') as stated_per_day,
        any_value(low) filter (where measure = 'daily_mean') as stated_per_day_low,
        any_value(high) filter (where measure = 'daily_mean') as stated_per_day_high,
        bool_or(lowest <> highest) as counts_differ,
        any_value(observation_id) filter (where measure = 'total') as parcels_observation_id,
        any_value(observation_id) filter (where measure = 'daily_mean') as per_day_observation_id
    from stated
    where metric = 'parcels' and unit = 'parcel'
    group by
        port, period_start, period_end, undated_in, partner, scope, direction, mode, service, breakdown,
        nature
),
valued as (
    select
        *,
        lowest <> highest as amounts_differ
    from stated
    where metric = 'parcel_value' and measure = 'total'
),
joined as (
    select
        coalesce(c.port, v.port) as port,
        coalesce(c.period_start, v.period_start) as period_start,
        coalesce(c.period_end, v.period_end) as period_end,
        coalesce(c.days, v.days) as days,
        coalesce(c.partner, v.partner) as partner,
        coalesce(c.scope, v.scope) as scope,
        coalesce(c.direction, v.direction) as direction,
        coalesce(c.mode, v.mode) as mode,
        coalesce(c.service, v.service) as service,
        coalesce(c.breakdown, v.breakdown) as breakdown,
        coalesce(c.nature, v.nature) as nature,
        c.parcels,
        c.parcels_low,
        c.parcels_high,
        c.stated_per_day,
        c.stated_per_day_low,
        c.stated_per_day_high,
        v.value as amount,
        v.low as amount_low,
        v.high as amount_high,
        v.unit as currency,
        coalesce(c.counts_differ, false) or coalesce(v.amounts_differ, false) as values_differ,
        c.parcels_observation_id,
        c.per_day_observation_id,
        v.observation_id as amount_observation_id
    from counted as c
    full outer join valued as v
        on
            c.port = v.port
            and c.scope = v.scope
            and c.nature = v.nature
            and c.period_end is not distinct from v.period_end
            and c.period_start is not distinct from v.period_start
            and c.undated_in is not distinct from v.undated_in
            and c.partner is not distinct from v.partner
            and c.direction is not distinct from v.direction
            and c.mode is not distinct from v.mode
            and c.service is not distinct from v.service
            and c.breakdown is not distinct from v.breakdown
),
final as (
    select
        port,
        period_start,
        period_end,
        days,
        direction,
        breakdown,
        parcels,
        parcels_low,
        parcels_high,
        amount,
        amount_low,
        amount_high,
        currency,
        cast(parcels as double) / days as per_day,
        cast(parcels_low as double) / days as per_day_low,
        cast(parcels_high as double) / days as per_day_high,
        stated_per_day,
        stated_per_day_low,
        stated_per_day_high,
        cast(amount as double) / nullif(cast(parcels as double), 0) as value_per_parcel,
        case
            when parcels_high > 0 then cast(amount_low as double) / cast(parcels_high as double)
        end as value_per_parcel_low,
        case
            when parcels_low > 0 then cast(amount_high as double) / cast(parcels_low as double)
        end as value_per_parcel_high,
        values_differ,
        partner,
        scope,
        mode,
        service,
        nature,
        parcels_observation_id,
        amount_observation_id,
        per_day_observation_id
    from joined
)
select * from final;
comment on view parcel_totals is 'Parcels and their value by port and period: count, value, per day, value per parcel.';
comment on column parcel_totals.port is 'Reporting place.';
comment on column parcel_totals.period_start is 'First day of the period; null where the text does not say.';
comment on column parcel_totals.period_end is 'Last day of the period, inclusive.';
comment on column parcel_totals.days is 'Days in the period; null where an end is not known.';
comment on column parcel_totals.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column parcel_totals.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column parcel_totals.parcels is 'Stated count.';
comment on column parcel_totals.parcels_low is 'Lower end of the count.';
comment on column parcel_totals.parcels_high is 'Upper end of the count.';
comment on column parcel_totals.amount is 'Stated value of the parcels, in currency.';
comment on column parcel_totals.amount_low is 'Lower end of the value.';
comment on column parcel_totals.amount_high is 'Upper end of the value.';
comment on column parcel_totals.currency is 'ISO 4217 code.';
comment on column parcel_totals.per_day is 'Count divided by days.';
comment on column parcel_totals.per_day_low is 'Lower end of the count divided by days.';
comment on column parcel_totals.per_day_high is 'Upper end of the count divided by days.';
comment on column parcel_totals.stated_per_day is 'Daily mean that an article states.';
comment on column parcel_totals.stated_per_day_low is 'Lower end of the stated daily mean.';
comment on column parcel_totals.stated_per_day_high is 'Upper end of the stated daily mean.';
comment on column parcel_totals.value_per_parcel is 'Value divided by count, in currency.';
comment on column parcel_totals.value_per_parcel_low is 'Least value by greatest count.';
comment on column parcel_totals.value_per_parcel_high is 'Greatest value by least count.';
comment on column parcel_totals.values_differ is 'True where statements of one key in this row give different values.';
comment on column parcel_totals.partner is 'Counterpart of a trade or a route.';
comment on column parcel_totals.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column parcel_totals.mode is 'Mode of transport.';
comment on column parcel_totals.service is 'Which trains carry them.';
comment on column parcel_totals.nature is 'actual, plan or capacity.';
comment on column parcel_totals.parcels_observation_id is 'The observation of the count; joins to provenance.';
comment on column parcel_totals.amount_observation_id is 'The observation of the value.';
comment on column parcel_totals.per_day_observation_id is 'The observation of the stated daily mean.';
