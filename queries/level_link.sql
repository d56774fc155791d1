-- One row per stated change on the year or share and role of a level that the book has for it.
-- needs: current_observation, latest
--
-- First the figure that the article's own words tie it to, of the same metric. Else a level of
-- the same article with the same key; else a total or stock (of points: a share) of the same key from another
-- article, as `latest` chose it. Where levels in several units (yuan and dollars) would do, it
-- is not known which one grew, and there is no row.
--
-- Words tie a share to its part or to its whole ("325.6 billion; exports were nine tenths of
-- that"). A part and its whole never share a key, so a level of another place, or one that is
-- wider than the share where the share is narrow, is the whole (role = whole). A tie between
-- keys that contradict each other (imports and exports, two partners, two goods) was a misreading
-- and is passed over; what one of them leaves open is no contradiction.
create or replace view level_link as
with qualifying as (
    select
        *,
        measure = 'yoy_abs' or unit = 'pp' as is_absolute
    from current_observation
    where measure in ('yoy_pct', 'yoy_abs', 'share_pct')
),
-- Read anew by each that needs some columns of it: kept, it would be all of the book in memory.
level as not materialized (
    select
        *,
        case measure
            when 'total' then 1
            when 'level' then 2
            when 'daily_mean' then 3
            when 'weekly_mean' then 4
            when 'monthly_mean' then 5
            when 'mean' then 6
            when 'share_pct' then 7
            when 'daily_max' then 8
            when 'minimum' then 9
            when 'maximum' then 10
            when 'single' then 11
        end as choice
    from current_observation
    where
        measure not in (
            'yoy_pct', 'yoy_abs', 'mom_pct', 'change_pct', 'change_abs', 'lead_days', 'rank'
        )
),
worded as (
    select
        q.observation_id,
        q.is_absolute,
        q.measure,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        l.choice,
        l.low,
        l.high,
        1 as step,
        q.port = l.port
        and coalesce(q.partner, '') = coalesce(l.partner, '')
        and coalesce(q.breakdown, '') = coalesce(l.breakdown, '')
        and coalesce(q.direction = l.direction, true) as is_same,
        q.measure = 'share_pct'
        and coalesce(q.whole, l.port) = l.port
        and coalesce(l.partner = q.partner, l.partner is null)
        and coalesce(l.breakdown = q.breakdown, l.breakdown is null)
        and (coalesce(q.direction = l.direction, true) or l.direction = 'both')
        and (
            q.port <> l.port
            or (q.direction in ('export', 'import') and coalesce(l.direction, 'both') = 'both')
            or (q.partner is not null and l.partner is null)
            or (q.breakdown is not null and l.breakdown is null)
            or (q.scope <> 'port' and l.scope = 'port')
        ) as is_wider
    from qualifying as q
    inner join level as l
        on q.relates_to = l.figure_id and q.article_id = l.article_id and q.metric = l.metric
),
tied as (
    select
        * exclude (is_same, is_wider),
        case when is_wider then 'whole' else 'level' end as role
    from worded
    where is_same or is_wider
),
same_article as (
    select
        q.observation_id,
        q.is_absolute,
        q.measure,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        l.choice,
        l.low,
        l.high,
        2 as step,
        'level' as role
    from qualifying as q
    inner join level as l
        on
            q.article_id = l.article_id
            and q.port = l.port
            and q.metric = l.metric
            and q.scope = l.scope
            and q.nature = l.nature
            and q.period_end = l.period_end
            and q.period_start is not distinct from l.period_start
            and q.partner is not distinct from l.partner
            and q.direction is not distinct from l.direction
            and q.mode is not distinct from l.mode
            and q.service is not distinct from l.service
            and q.breakdown is not distinct from l.breakdown
    where l.choice <= 7
),
other_article as (
    select
        q.observation_id,
        q.is_absolute,
        q.measure,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        case l.measure when 'total' then 1 else 2 end as choice,
        l.low,
        l.high,
        3 as step,
        'level' as role
    from qualifying as q
    inner join latest as l
        on
            q.port = l.port
            and q.metric = l.metric
            and q.scope = l.scope
            and q.nature = l.nature
            and q.period_end = l.period_end
            and q.period_start is not distinct from l.period_start
            and q.partner is not distinct from l.partner
            and q.direction is not distinct from l.direction
            and q.mode is not distinct from l.mode
            and q.service is not distinct from l.service
            and q.breakdown is not distinct from l.breakdown
    where
        q.article_id <> l.article_id
        and (
            l.measure in ('total', 'level')
            -- Points are those of a share.
            or (l.measure = 'share_pct' and q.measure = 'yoy_abs' and q.unit = 'pp' and q.whole is not distinct from l.whole)
        )
),
candidate as (
    select * from tied
    union all
    select * from same_article
    union all
    select * from other_article
),
-- A change in trains is no change of tonnes, a change in points one of percents only, and a
-- growth or a share of a share is meant by nobody.
fitting as (
    select *
    from candidate
    where
        case
            when is_absolute then unit = level_unit or (unit = 'pp' and level_unit = '%')
            else level_measure <> 'share_pct'
        end
),
ranked as (
    select
        *,
        min(level_unit) over same_step = max(level_unit) over same_step as is_one_unit,
        row_number() over (
            partition by observation_id, role
            order by step asc, choice asc, high - low asc nulls last, level_observation_id asc
        ) as place
    from fitting
    window same_step as (partition by observation_id, step)
),
final as (
    select
        observation_id,
        role,
        level_observation_id,
        case step when 1 then 'words' when 2 then 'same article' else 'other article' end as link
    from ranked
    where place = 1 and (step = 1 or is_one_unit)
)
select * from final;
comment on view level_link is 'Which level each stated growth or share belongs to.';
comment on column level_link.observation_id is 'The growth or the share; joins to provenance.';
comment on column level_link.role is 'level: what grew, or the part that has the share; whole: what a share is of.';
comment on column level_link.level_observation_id is 'The level.';
comment on column level_link.link is 'How it was found: words (the article ties them), same article or other article.';
