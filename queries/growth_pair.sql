-- One row per growth in percent and growth in units that the book has of one key.
-- needs: latest_choice, standing_observation, yoy_growth
-- once: latest_choice
--
-- 1,482 trains with +7.39 % are 102 trains more: level by growth over 100 and growth. Of a base of 1,380
-- they are base by growth. Where neither is known, one that grew cannot have shrunk by the other.
create or replace view growth_pair as
with chosen as (
    select
        port, metric, measure, unit, scope, partner, direction, mode, service, breakdown, period_start, period_end,
        growth, growth_low, growth_high, level, level_low, level_high, level_unit, level_measure,
        observation_id, level_observation_id
    from yoy_growth
    where
        nature = 'actual'
        and period_end is not null
        and observation_id in (select c.observation_id from latest_choice as c)
),
base as (
    select
        port, metric, measure, unit, scope, partner, direction, mode, service, breakdown, value, low, high,
        observation_id,
        period_start + interval 1 year as after_start,
        case
            when period_end = last_day(period_end) then last_day(period_end + interval 1 year)
            else cast(period_end + interval 1 year as date)
        end as after_end
    from standing_observation
    where
        nature = 'actual' and measure = 'total' and whole is null and period_start is not null
        and observation_id in (select c.observation_id from latest_choice as c)
),
paired as (
    select
        p.port,
        p.metric,
        p.period_start,
        p.period_end,
        p.growth as growth_pct,
        p.growth_low as pct_low,
        p.growth_high as pct_high,
        a.growth as growth_abs,
        a.growth_low as abs_low,
        a.growth_high as abs_high,
        a.unit,
        case when p.level_unit = a.unit then p.level end as level,
        case when p.level_unit = a.unit then p.level_low end as level_low,
        case when p.level_unit = a.unit then p.level_high end as level_high,
        coalesce(p.level_measure, a.level_measure, 'total') as measure,
        p.scope,
        p.partner,
        p.direction,
        p.mode,
        p.service,
        p.breakdown,
        p.observation_id as pct_observation_id,
        a.observation_id as abs_observation_id,
        case when p.level_unit = a.unit then p.level_observation_id end as level_observation_id
    from chosen as p
    inner join chosen as a
        on
            p.port = a.port
            and p.metric = a.metric
            and p.scope = a.scope
            and p.period_end = a.period_end
            and p.period_start is not distinct from a.period_start
            and p.partner is not distinct from a.partner
            and p.direction is not distinct from a.direction
            and p.mode is not distinct from a.mode
            and p.service is not distinct from a.service
            and p.breakdown is not distinct from a.breakdown
    where
        p.measure = 'yoy_pct'
        and p.unit = '%'
        and a.measure = 'yoy_abs'
        and a.unit not in ('%', 'pp')
        and coalesce(p.level_measure = a.level_measure, true)
),
-- The percentage of what is there now, and of what was there a year ago.
based as (
    select
        p.*,
        b.value as base,
        b.low as base_low,
        b.high as base_high,
        b.observation_id as base_observation_id,
        case when pct_low > -100 then cast(pct_low as double) / (100 + cast(pct_low as double)) end as least_part,
        case when pct_high > -100 then cast(pct_high as double) / (100 + cast(pct_high as double)) end as most_part
    from paired as p
    left join base as b
        on
            -- By columns alone: an outer join that asks for more compares each row with each.
            p.measure = b.measure
            and p.port = b.port
            and p.metric = b.metric
            and p.unit = b.unit
            and p.scope = b.scope
            and p.period_start = b.after_start
            and p.period_end = b.after_end
            and p.partner is not distinct from b.partner
            and p.direction is not distinct from b.direction
            and p.mode is not distinct from b.mode
            and p.service is not distinct from b.service
            and p.breakdown is not distinct from b.breakdown
),
bounded as (
    select
        *,
        cast(level as double) * cast(growth_pct as double) / nullif(100 + cast(growth_pct as double), 0) as of_level,
        case when least_part >= 0 then cast(level_low as double) else cast(level_high as double) end
        * least_part as of_level_low,
        case when most_part >= 0 then cast(level_high as double) else cast(level_low as double) end
        * most_part as of_level_high,
        cast(base as double) * cast(growth_pct as double) / 100 as of_base,
        case when pct_low >= 0 then cast(base_low as double) else cast(base_high as double) end
        * cast(pct_low as double) / 100 as of_base_low,
        case when pct_high >= 0 then cast(base_high as double) else cast(base_low as double) end
        * cast(pct_high as double) / 100 as of_base_high,
        -- Nothing is known but the sign.
        case when pct_low >= 0 then 0.0 end as by_sign_low,
        case when pct_high <= 0 then 0.0 end as by_sign_high
    from based
),
implied as (
    select
        *,
        coalesce(of_level, of_base) as implied_abs,
        case
            when level is not null then of_level_low when base is not null then of_base_low else by_sign_low
        end as implied_low,
        case
            when level is not null then of_level_high when base is not null then of_base_high else by_sign_high
        end as implied_high
    from bounded
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        growth_pct,
        growth_abs,
        unit,
        implied_abs,
        implied_low,
        implied_high,
        coalesce(cast(abs_low as double) <= implied_high + 1e-9 * (1 + abs(implied_high)), true)
        and coalesce(cast(abs_high as double) >= implied_low - 1e-9 * (1 + abs(implied_low)), true) as agrees,
        pct_low,
        pct_high,
        abs_low,
        abs_high,
        level,
        level_low,
        level_high,
        case when level is null then base end as base,
        case when level is null then base_low end as base_low,
        case when level is null then base_high end as base_high,
        measure,
        scope,
        partner,
        direction,
        mode,
        service,
        breakdown,
        pct_observation_id,
        abs_observation_id,
        coalesce(level_observation_id, base_observation_id) as level_observation_id
    from implied
)
select * from final;
comment on view growth_pair is 'Growth in percent beside growth in units of the same key, and what the one implies for the other.';
comment on column growth_pair.port is 'Reporting place.';
comment on column growth_pair.metric is 'What is counted.';
comment on column growth_pair.period_start is 'First day of the period; null where the text does not say.';
comment on column growth_pair.period_end is 'Last day of the period, inclusive.';
comment on column growth_pair.growth_pct is 'Stated growth on the year before in percent.';
comment on column growth_pair.growth_abs is 'Stated growth on the year before in units.';
comment on column growth_pair.unit is 'Unit of the growth in units.';
comment on column growth_pair.implied_abs is 'Growth in units that the percentage implies with the level, else with the base; null where the book has neither.';
comment on column growth_pair.implied_low is 'Least that percentage and level (or base) support; with neither, zero where the percentage is no fall.';
comment on column growth_pair.implied_high is 'Most that percentage and level (or base) support; with neither, zero where the percentage is no rise.';
comment on column growth_pair.agrees is 'False where the stated and the implied interval cannot meet.';
comment on column growth_pair.pct_low is 'Lower end of the percentage; null is unbounded.';
comment on column growth_pair.pct_high is 'Upper end of the percentage; null is unbounded.';
comment on column growth_pair.abs_low is 'Lower end of the growth in units; null is unbounded.';
comment on column growth_pair.abs_high is 'Upper end of the growth in units; null is unbounded.';
comment on column growth_pair.level is 'The level that grew; null where the book has none in that unit.';
comment on column growth_pair.level_low is 'Lower end of the level; null is unbounded.';
comment on column growth_pair.level_high is 'Upper end of the level; null is unbounded.';
comment on column growth_pair.base is 'Total of the year before, where no level is known.';
comment on column growth_pair.base_low is 'Lower end of the base; null is unbounded.';
comment on column growth_pair.base_high is 'Upper end of the base; null is unbounded.';
comment on column growth_pair.measure is 'What grew: a total, a stock, a mean.';
comment on column growth_pair.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column growth_pair.partner is 'Counterpart of a trade or a route.';
comment on column growth_pair.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column growth_pair.mode is 'Mode of transport.';
comment on column growth_pair.service is 'Which trains are counted.';
comment on column growth_pair.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column growth_pair.pct_observation_id is 'The growth in percent; joins to provenance.';
comment on column growth_pair.abs_observation_id is 'The growth in units.';
comment on column growth_pair.level_observation_id is 'The level, else the base; null where the book has neither.';
