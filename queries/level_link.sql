-- One row per stated change on the year or share and role of a level that the book has for it.
-- needs: latest_choice, standing_observation
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
        observation_id,
        article_id,
        port,
        measure,
        unit,
        whole,
        measure = 'yoy_abs' or unit = 'pp' as is_absolute,
        -- What level and change must have alike, as two numbers (see latest_choice).
        hash(metric, scope, nature, period_start, period_end, partner, direction, mode, service, breakdown) as key,
        hash(breakdown, service, mode, direction, partner, period_end, period_start, nature, scope, metric) as other_key
    from standing_observation
    where measure in ('yoy_pct', 'yoy_abs', 'share_pct') and period_end is not null
),
-- Each way reads the levels for itself and takes the columns that it needs: kept for all, they would be the whole book
-- in memory.
worded as (
    select
        q.observation_id,
        q.measure = 'yoy_abs' or q.unit = 'pp' as is_absolute,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        l.high - l.low as width,
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
    from standing_observation as q
    inner join standing_observation as l
        on q.relates_to = l.figure_id and q.article_id = l.article_id and q.metric = l.metric
    where
        q.measure in ('yoy_pct', 'yoy_abs', 'share_pct')
        and q.relates_to is not null
        and l.measure not in (
            'yoy_pct', 'yoy_abs', 'mom_pct', 'change_pct', 'change_abs', 'lead_days', 'rank'
        )
),
tied as (
    select
        * exclude (is_same, is_wider),
        1 as step,
        case when is_wider then 'whole' else 'level' end as role
    from worded
    where is_same or is_wider
),
told as (
    select
        observation_id,
        article_id,
        port,
        measure,
        unit,
        high - low as width,
        hash(metric, scope, nature, period_start, period_end, partner, direction, mode, service, breakdown) as key,
        hash(breakdown, service, mode, direction, partner, period_end, period_start, nature, scope, metric) as other_key
    from standing_observation
    where
        measure in ('total', 'level', 'daily_mean', 'weekly_mean', 'monthly_mean', 'mean', 'share_pct')
        and period_end is not null
),
same_article as (
    select
        q.observation_id,
        q.is_absolute,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        l.width,
        2 as step,
        'level' as role
    from qualifying as q
    inner join told as l
        on q.article_id = l.article_id and q.port = l.port and q.key = l.key and q.other_key = l.other_key
),
-- A change in trains is no change of tonnes, a change in points one of percents only, and a
-- growth or a share of a share is meant by nobody.
near as (
    select *
    from (
        select * from tied
        union all
        select * from same_article
    ) as c
    where
        case
            when is_absolute then unit = level_unit or (unit = 'pp' and level_unit = '%')
            else level_measure <> 'share_pct'
        end
),
-- Other articles are asked where the article itself has no level.
unlinked as (
    select *
    from qualifying
    where
        observation_id not in (
            select n.observation_id
            from near as n
            where n.role = 'level'
        )
),
told_elsewhere as (
    select
        observation_id,
        article_id,
        port,
        measure,
        unit,
        whole,
        high - low as width,
        hash(metric, scope, nature, period_start, period_end, partner, direction, mode, service, breakdown) as key,
        hash(breakdown, service, mode, direction, partner, period_end, period_start, nature, scope, metric) as other_key
    from standing_observation
    where measure in ('total', 'level', 'share_pct') and period_end is not null
),
other_article as (
    select
        q.observation_id,
        q.is_absolute,
        q.unit,
        l.observation_id as level_observation_id,
        l.measure as level_measure,
        l.unit as level_unit,
        l.width,
        3 as step,
        'level' as role
    from unlinked as q
    inner join told_elsewhere as l on q.port = l.port and q.key = l.key and q.other_key = l.other_key
    where
        q.article_id <> l.article_id
        and case
            when l.measure in ('total', 'level')
                then not q.is_absolute or q.unit = l.unit or (q.unit = 'pp' and l.unit = '%')
            -- Points are those of a share.
            else q.measure = 'yoy_abs' and q.unit = 'pp' and l.unit = '%' and q.whole is not distinct from l.whole
        end
),
candidate as (
    select * from near
    union all
    select * from other_article
    where level_observation_id in (select c.observation_id from latest_choice as c)
),
ranked as (
    select
        *,
        min(level_unit) over same_step = max(level_unit) over same_step as is_one_unit,
        row_number() over (
            partition by observation_id, role
            order by
                step asc,
                case level_measure
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
                end asc,
                width asc nulls last,
                level_observation_id asc
        ) as place
    from candidate
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
