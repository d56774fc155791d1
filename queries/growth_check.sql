-- One row per stated growth on the year before whose level the book has: growth, level and base at once.
-- needs: standing_observation, yoy_growth
-- once: latest_choice
--
-- 1,482 with +7.39 % implies a base of 1,380.0. Where the book has another base, of another article,
-- one of the three was changed without a word: most often the base, as statistics are counted anew.
-- Where the base is the article's own, its growth is wrong.
create or replace view growth_check as
with checked as (
    select
        g.*,
        a.published_on as base_published_on,
        a.publisher as base_publisher,
        coalesce(b.article_id = o.article_id, false) as is_own_base
    from yoy_growth as g
    inner join standing_observation as o on g.observation_id = o.observation_id
    left join standing_observation as b on g.base_observation_id = b.observation_id
    left join article as a on b.article_id = a.article_id
    where g.level is not null
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        level,
        growth as stated,
        computed_growth as computed,
        unit,
        implied_base,
        base,
        level_unit,
        cast(base as double) - implied_base as base_shift,
        cast(base_low as double) - implied_base_high as base_shift_low,
        cast(base_high as double) - implied_base_low as base_shift_high,
        agrees,
        case when base is not null then not agrees and not is_own_base end as base_redefined,
        case when base is not null then not agrees and is_own_base end as growth_misstated,
        growth_low as stated_low,
        growth_high as stated_high,
        computed_low,
        computed_high,
        level_low,
        level_high,
        implied_base_low,
        implied_base_high,
        base_low,
        base_high,
        measure,
        level_measure,
        base_period_start,
        base_period_end,
        base_published_on,
        base_publisher,
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
    from checked
)
select * from final;
comment on view growth_check is 'Stated growth beside the growth that stored levels give, with the base that it implies and whether all three can hold.';
comment on column growth_check.port is 'Reporting place.';
comment on column growth_check.metric is 'What is counted.';
comment on column growth_check.period_start is 'First day of the period; null where the text does not say.';
comment on column growth_check.period_end is 'Last day of the period, inclusive.';
comment on column growth_check.level is 'The level that grew.';
comment on column growth_check.stated is 'Stated growth, in unit.';
comment on column growth_check.computed is 'Growth from base to level, in unit.';
comment on column growth_check.unit is '% of the year before; pp or the metric''s own unit where the growth is absolute.';
comment on column growth_check.implied_base is 'Level of the year before, from level and stated growth.';
comment on column growth_check.base is 'Level of the year before that the book has, same article first.';
comment on column growth_check.level_unit is 'Unit of level and base.';
comment on column growth_check.base_shift is 'Base less implied base.';
comment on column growth_check.base_shift_low is 'Least that the intervals of both support.';
comment on column growth_check.base_shift_high is 'Most that the intervals of both support.';
comment on column growth_check.agrees is 'False where stated growth, level and base cannot all hold; null where the book has no base.';
comment on column growth_check.base_redefined is 'True where they cannot and the base is from another article: one of the three was changed silently.';
comment on column growth_check.growth_misstated is 'True where they cannot and the article itself states the base.';
comment on column growth_check.stated_low is 'Lower end of the stated growth.';
comment on column growth_check.stated_high is 'Upper end of the stated growth.';
comment on column growth_check.computed_low is 'Least that the intervals of level and base support.';
comment on column growth_check.computed_high is 'Most that the intervals of level and base support.';
comment on column growth_check.level_low is 'Lower end of the level.';
comment on column growth_check.level_high is 'Upper end of the level.';
comment on column growth_check.implied_base_low is 'Least base that both intervals support.';
comment on column growth_check.implied_base_high is 'Greatest base that both intervals support.';
comment on column growth_check.base_low is 'Lower end of the base.';
comment on column growth_check.base_high is 'Upper end of the base.';
comment on column growth_check.measure is 'yoy_pct or yoy_abs.';
comment on column growth_check.level_measure is 'What the level says: a total, a daily mean, …';
comment on column growth_check.base_period_start is 'First day of the same period a year before.';
comment on column growth_check.base_period_end is 'Last day of the same period a year before.';
comment on column growth_check.base_published_on is 'Day the article of the base came out.';
comment on column growth_check.base_publisher is 'Who published the base.';
comment on column growth_check.partner is 'Counterpart of a trade or a route.';
comment on column growth_check.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column growth_check.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column growth_check.mode is 'Mode of transport.';
comment on column growth_check.service is 'Which trains are counted.';
comment on column growth_check.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column growth_check.nature is 'actual, plan or capacity.';
comment on column growth_check.published_on is 'Day the article came out.';
comment on column growth_check.publisher is 'Who published it.';
comment on column growth_check.observation_id is 'The stated growth; joins to provenance.';
comment on column growth_check.level_observation_id is 'The observation of the level.';
comment on column growth_check.base_observation_id is 'The observation of the base.';
