-- One row per stated growth on the year before: every statement of every publisher.
-- needs: current_observation, latest, level_link
--
-- 1,482 with +7.39 % implies a base of 1,380.0. Two publishers that state one growth are two
-- rows. Stated values are exact decimals; what is computed from them is double. An interval
-- is divided end by end: the least level by the greatest growth gives the least base. An
-- end that is not bounded stays null, and so does one that would divide by zero or less.
create or replace view yoy_growth as
with growth as (
    select
        *,
        measure = 'yoy_pct' and unit = '%' as is_relative
    from current_observation
    where measure in ('yoy_pct', 'yoy_abs')
),
with_level as (
    select
        g.*,
        k.link,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.value as level,
        l.low as level_low,
        l.high as level_high,
        l.unit as level_unit,
        l.partner as level_partner,
        l.scope as level_scope,
        l.direction as level_direction,
        l.mode as level_mode,
        l.service as level_service,
        l.breakdown as level_breakdown,
        l.whole as level_whole,
        -- 29 February has no day a year before, and a month's last day is compared with the last.
        cast(l.period_start - interval 1 year as date) as base_period_start,
        case
            when l.period_end = last_day(l.period_end) then last_day(l.period_end - interval 1 year)
            else cast(l.period_end - interval 1 year as date)
        end as base_period_end
    from growth as g
    left join level_link as k on g.observation_id = k.observation_id
    left join current_observation as l on k.level_observation_id = l.observation_id
),
-- The level of the year before: the same article's own word, else what `latest` chose.
base_candidate as (
    select
        observation_id, value, low, high, article_id, port, metric, measure, unit, partner, scope, direction,
        mode, service, breakdown, whole, period_start, period_end, true as is_latest
    from latest
    where nature = 'actual'
    union all
    select
        observation_id, value, low, high, article_id, port, metric, measure, unit, partner, scope, direction,
        mode, service, breakdown, whole, period_start, period_end, false as is_latest
    from current_observation
    where nature = 'actual'
),
base as (
    select
        w.observation_id,
        b.observation_id as base_observation_id,
        b.value as base,
        b.low as base_low,
        b.high as base_high
    from with_level as w
    inner join base_candidate as b
        on
            w.port = b.port
            and w.metric = b.metric
            and w.level_measure = b.measure
            and w.level_unit = b.unit
            and w.level_scope = b.scope
            and w.base_period_end = b.period_end
            and w.base_period_start is not distinct from b.period_start
            and w.level_partner is not distinct from b.partner
            and w.level_direction is not distinct from b.direction
            and w.level_mode is not distinct from b.mode
            and w.level_service is not distinct from b.service
            and w.level_breakdown is not distinct from b.breakdown
            and w.level_whole is not distinct from b.whole
    where b.is_latest or w.article_id = b.article_id
    qualify
        row_number() over (
            partition by w.observation_id
            order by
                w.article_id = b.article_id desc, b.high - b.low asc nulls last, b.observation_id asc
        ) = 1
),
computed as (
    select
        w.*,
        b.base_observation_id,
        b.base,
        b.base_low,
        b.base_high,
        case
            when w.is_relative then cast(w.level as double) / nullif(greatest(1 + w.value / 100, 0), 0)
            else cast(w.level - w.value as double)
        end as implied_base,
        case
            when not w.is_relative then cast(w.level_low - w.high as double)
            when w.high > -100 then cast(w.level_low as double) / (1 + w.high / 100)
        end as implied_base_low,
        case
            when not w.is_relative then cast(w.level_high - w.low as double)
            when w.low > -100 then cast(w.level_high as double) / (1 + w.low / 100)
        end as implied_base_high,
        case
            when not w.is_relative then cast(w.level - b.base as double)
            when b.base > 0 then 100 * (cast(w.level as double) / cast(b.base as double) - 1)
        end as computed_growth,
        case
            when not w.is_relative then cast(w.level_low - b.base_high as double)
            when b.base_high > 0 then 100 * (cast(w.level_low as double) / cast(b.base_high as double) - 1)
        end as computed_low,
        case
            when not w.is_relative then cast(w.level_high - b.base_low as double)
            when b.base_low > 0 then 100 * (cast(w.level_high as double) / cast(b.base_low as double) - 1)
        end as computed_high
    from with_level as w
    left join base as b on w.observation_id = b.observation_id
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        value as growth,
        unit,
        level,
        level_unit,
        implied_base,
        implied_base_low,
        implied_base_high,
        base,
        computed_growth,
        computed_low,
        computed_high,
        -- Bounds in double carry an error in the sixteenth digit, which is no disagreement.
        case
            when base is not null
                then
                    coalesce(low <= computed_high + 1e-9 * (1 + abs(computed_high)), true)
                    and coalesce(high >= computed_low - 1e-9 * (1 + abs(computed_low)), true)
        end as agrees,
        low as growth_low,
        high as growth_high,
        level_low,
        level_high,
        base_low,
        base_high,
        measure,
        level_measure,
        link,
        case when level is not null then base_period_start end as base_period_start,
        case when level is not null then base_period_end end as base_period_end,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        nature,
        published_on,
        publisher,
        observation_id,
        level_observation_id,
        base_observation_id
    from computed
)
select * from final;
comment on view yoy_growth is 'Stated growth on the year before, beside its level, the base that it implies and the growth that stored levels give.';
comment on column yoy_growth.port is 'Reporting place.';
comment on column yoy_growth.metric is 'What is counted.';
comment on column yoy_growth.period_start is 'First day of the period; null where the text does not say.';
comment on column yoy_growth.period_end is 'Last day of the period, inclusive.';
comment on column yoy_growth.growth is 'Stated growth, in unit.';
comment on column yoy_growth.unit is '% of the year before; pp or the metric''s own unit where the growth is absolute.';
comment on column yoy_growth.level is 'The level that grew; null where the book has none.';
comment on column yoy_growth.level_unit is 'Unit of level and base.';
comment on column yoy_growth.implied_base is 'Level of the year before, from level and stated growth.';
comment on column yoy_growth.implied_base_low is 'Least base that both intervals support.';
comment on column yoy_growth.implied_base_high is 'Greatest base that both intervals support.';
comment on column yoy_growth.base is 'Level of the year before that the book has, same article first.';
comment on column yoy_growth.computed_growth is 'Growth from base to level, in unit.';
comment on column yoy_growth.computed_low is 'Least that the intervals of both support.';
comment on column yoy_growth.computed_high is 'Most that the intervals of both support.';
comment on column yoy_growth.agrees is 'True where the stated and the computed interval meet; null where nothing could be computed.';
comment on column yoy_growth.growth_low is 'Lower end of the stated growth.';
comment on column yoy_growth.growth_high is 'Upper end of the stated growth.';
comment on column yoy_growth.level_low is 'Lower end of the level.';
comment on column yoy_growth.level_high is 'Upper end of the level.';
comment on column yoy_growth.base_low is 'Lower end of the base.';
comment on column yoy_growth.base_high is 'Upper end of the base.';
comment on column yoy_growth.measure is 'yoy_pct or yoy_abs.';
comment on column yoy_growth.level_measure is 'What the level says: a total, a daily mean, …';
comment on column yoy_growth.link is 'How the level was found: words (the article ties them), same article or other article.';
comment on column yoy_growth.base_period_start is 'First day of the same period a year before.';
comment on column yoy_growth.base_period_end is 'Last day of the same period a year before.';
comment on column yoy_growth.partner is 'Counterpart of a trade or a route.';
comment on column yoy_growth.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column yoy_growth.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column yoy_growth.mode is 'Mode of transport.';
comment on column yoy_growth.service is 'Which trains are counted.';
comment on column yoy_growth.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column yoy_growth.nature is 'actual, plan or capacity.';
comment on column yoy_growth.published_on is 'Day the article came out.';
comment on column yoy_growth.publisher is 'Who published it.';
comment on column yoy_growth.observation_id is 'The stated growth; joins to provenance.';
comment on column yoy_growth.level_observation_id is 'The observation of the level.';
comment on column yoy_growth.base_observation_id is 'The observation of the base.';
