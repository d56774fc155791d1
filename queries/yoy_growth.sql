-- One row per stated growth on the year before: every statement of every publisher.
-- needs: latest_choice, level_link, standing_observation
-- once: latest_choice
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
    from standing_observation
    where measure in ('yoy_pct', 'yoy_abs') and article_id is not null  -- standing_observation says why
),
level as (
    select
        *,
        -- 29 February has no day a year before, and a month's last day is compared with the last.
        cast(period_start - interval 1 year as date) as base_period_start,
        case
            when period_end = last_day(period_end) then last_day(period_end - interval 1 year)
            else cast(period_end - interval 1 year as date)
        end as base_period_end
    from standing_observation
),
-- What the level of the year before must be like, as two numbers (see latest_choice): of ten million they fit
-- into memory where the columns themselves do not.
with_level as (
    select
        g.observation_id,
        g.article_id,
        g.port,
        k.link,
        k.level_observation_id,
        l.measure as level_measure,
        l.value as level,
        l.low as level_low,
        l.high as level_high,
        l.unit as level_unit,
        l.base_period_start,
        l.base_period_end,
        hash(
            l.partner, l.metric, l.measure, l.unit, l.scope, l.direction, l.mode, l.service, l.breakdown, l.whole,
            'actual', l.base_period_start, l.base_period_end
        ) as key,
        hash(
            l.base_period_end, l.base_period_start, 'actual', l.whole, l.breakdown, l.service, l.mode, l.direction,
            l.scope, l.unit, l.measure, l.metric, l.partner
        ) as other_key
    from growth as g
    inner join level_link as k on g.observation_id = k.observation_id
    inner join level as l on k.level_observation_id = l.observation_id
),
told as (
    select
        observation_id,
        article_id,
        port,
        value,
        low,
        high,
        hash(
            partner, metric, measure, unit, scope, direction, mode, service, breakdown, whole, nature, period_start,
            period_end
        ) as key,
        hash(
            period_end, period_start, nature, whole, breakdown, service, mode, direction, scope, unit, measure, metric,
            partner
        ) as other_key
    from standing_observation
    where figure_id is not null  -- standing_observation says why
),
base_candidate as (
    select
        w.observation_id,
        w.article_id = b.article_id as is_same_article,
        b.observation_id as base_observation_id,
        b.value as base,
        b.low as base_low,
        b.high as base_high
    from with_level as w
    inner join told as b on w.port = b.port and w.key = b.key and w.other_key = b.other_key
),
-- The level of the year before: the same article's own word, else what `latest` chose.
base as (
    select *
    from base_candidate
    where is_same_article or base_observation_id in (select c.observation_id from latest_choice as c)
    qualify
        row_number() over (
            partition by observation_id
            order by is_same_article desc, base_high - base_low asc nulls last, base_observation_id asc
        ) = 1
),
with_levels as (
    select
        g.*,
        w.link,
        w.level_observation_id,
        w.level_measure,
        w.level,
        w.level_low,
        w.level_high,
        w.level_unit,
        w.base_period_start,
        w.base_period_end,
        b.base_observation_id,
        b.base,
        b.base_low,
        b.base_high,
        a.published_on,
        a.publisher
    from growth as g
    inner join article as a on g.article_id = a.article_id
    left join with_level as w on g.observation_id = w.observation_id
    left join base as b on g.observation_id = b.observation_id
),
computed as (
    select
        *,
        case
            when is_relative then cast(level as double) / nullif(greatest(1 + value / 100, 0), 0)
            else cast(level - value as double)
        end as implied_base,
        case
            when not is_relative then cast(level_low - high as double)
            when high > -100 then cast(level_low as double) / (1 + high / 100)
        end as implied_base_low,
        case
            when not is_relative then cast(level_high - low as double)
            when low > -100 then cast(level_high as double) / (1 + low / 100)
        end as implied_base_high,
        case
            when not is_relative then cast(level - base as double)
            when base > 0 then 100 * (cast(level as double) / cast(base as double) - 1)
        end as computed_growth,
        case
            when not is_relative then cast(level_low - base_high as double)
            when base_high > 0 then 100 * (cast(level_low as double) / cast(base_high as double) - 1)
        end as computed_low,
        case
            when not is_relative then cast(level_high - base_low as double)
            when base_low > 0 then 100 * (cast(level_high as double) / cast(base_low as double) - 1)
        end as computed_high
    from with_levels
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
