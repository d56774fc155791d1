-- One row per stated rank of a place whose total of the same days the book has.
-- needs: standing_latest, standing_total
-- once: latest_choice, standing_total
--
-- A rank tells of its order where it names the whole (first in China), or where the same article, or the same
-- publisher on the same day, ranks another place of the kind in equal terms. In the first case every
-- place of the kind inside the whole whose total is surely greater stands above: so many are at least
-- before it. In the second, a place that is ranked behind cannot have the surely greater total.
create or replace view rank_check as
with recursive inside as (
    select
        slug as port,
        slug as around
    from port
    union
    select
        i.port,
        p.parent as around
    from inside as i
    inner join port as p on i.around = p.slug
    where p.parent is not null
),
ranked as (
    select
        r.*,
        case when p.kind in ('rail', 'road', 'sea', 'air') then 'port' else p.kind end as place,
        t.value as total,
        t.low as total_low,
        t.high as total_high,
        t.unit as total_unit,
        t.observation_id as total_observation_id
    from standing_latest as r
    inner join port as p on r.port = p.slug
    inner join standing_total as t
        on
            r.port = t.port
            and r.metric = t.metric
            and r.scope = t.scope
            and r.period_start = t.period_start
            and r.period_end = t.period_end
            and r.partner is not distinct from t.partner
            and r.direction is not distinct from t.direction
            and r.mode is not distinct from t.mode
            and r.service is not distinct from t.service
            and r.breakdown is not distinct from t.breakdown
    where r.measure = 'rank' and r.nature = 'actual' and r.scope = 'port'
    -- Of totals in two units (yuan and dollars) one is enough.
    qualify row_number() over (partition by r.observation_id order by t.unit asc, t.observation_id asc) = 1
),
above as (
    select
        r.observation_id,
        o.observation_id as other_observation_id,
        o.port as other_port
    from ranked as r
    inner join standing_total as o
        on
            r.metric = o.metric
            and r.scope = o.scope
            and r.total_unit = o.unit
            and r.period_start = o.period_start
            and r.period_end = o.period_end
            and r.partner is not distinct from o.partner
            and r.direction is not distinct from o.direction
            and r.mode is not distinct from o.mode
            and r.service is not distinct from o.service
            and r.breakdown is not distinct from o.breakdown
    inner join inside as i on o.port = i.port and r.whole = i.around
    inner join port as p on o.port = p.slug
    where
        o.port <> r.port
        and o.low > r.total_high
        and r.place = case when p.kind in ('rail', 'road', 'sea', 'air') then 'port' else p.kind end
),
behind as (
    select
        r.observation_id,
        o.total_observation_id as other_observation_id,
        o.observation_id as other_rank_observation_id,
        o.port as other_port
    from ranked as r
    inner join ranked as o
        on
            r.metric = o.metric
            and r.total_unit = o.total_unit
            and r.place = o.place
            and r.period_start = o.period_start
            and r.period_end = o.period_end
            and r.whole is not distinct from o.whole
            and r.partner is not distinct from o.partner
            and r.direction is not distinct from o.direction
            and r.mode is not distinct from o.mode
            and r.service is not distinct from o.service
            and r.breakdown is not distinct from o.breakdown
            and (
                r.article_id = o.article_id
                or (r.publisher = o.publisher and r.published_on = o.published_on)
            )
    where r.port <> o.port and r.high < o.low and r.total_high < o.total_low
),
beaten as (
    select
        observation_id,
        count(*) as places_above,
        list(other_observation_id order by other_observation_id) as above_observation_ids
    from above
    group by observation_id
),
overtaken as (
    select
        observation_id,
        list(other_rank_observation_id order by other_observation_id)
        || list(other_observation_id order by other_observation_id) as behind_observation_ids
    from behind
    group by observation_id
),
final as (
    select
        r.port,
        r.metric,
        r.period_start,
        r.period_end,
        r.value as rank,
        r.low as rank_low,
        r.high as rank_high,
        r.whole as whole_port,
        r.total,
        r.total_low,
        r.total_high,
        r.total_unit,
        case when r.whole is not null then 1 + coalesce(b.places_above, 0) end as rank_at_least,
        case
            when o.observation_id is not null then false
            when r.whole is not null then not coalesce(1 + coalesce(b.places_above, 0) > r.high, false)
        end as agrees,
        r.partner,
        r.direction,
        r.mode,
        r.service,
        r.breakdown,
        r.observation_id,
        r.total_observation_id,
        coalesce(b.above_observation_ids, []) as above_observation_ids,
        coalesce(o.behind_observation_ids, []) as behind_observation_ids
    from ranked as r
    left join beaten as b on r.observation_id = b.observation_id
    left join overtaken as o on r.observation_id = o.observation_id
)
select * from final;
comment on view rank_check is 'Stated ranks beside the totals of the places: how many are surely above, and who is ranked behind with more.';
comment on column rank_check.port is 'Reporting place.';
comment on column rank_check.metric is 'What is counted.';
comment on column rank_check.period_start is 'First day of the period.';
comment on column rank_check.period_end is 'Last day of the period, inclusive.';
comment on column rank_check.rank is 'Stated rank; 1 is the greatest.';
comment on column rank_check.rank_low is 'Lower end of the rank.';
comment on column rank_check.rank_high is 'Upper end of the rank; null is unbounded.';
comment on column rank_check.whole_port is 'The place in which it is ranked; null where the words do not tell.';
comment on column rank_check.total is 'Total of the place over the same days.';
comment on column rank_check.total_low is 'Lower end of the total; null is unbounded.';
comment on column rank_check.total_high is 'Upper end of the total; null is unbounded.';
comment on column rank_check.total_unit is 'Unit of the total.';
comment on column rank_check.rank_at_least is 'One more than the places of the kind inside the whole that surely have more; null where no whole is told.';
comment on column rank_check.agrees is 'False where rank and totals cannot both be true; null where the order is not told of.';
comment on column rank_check.partner is 'Counterpart of a trade or a route.';
comment on column rank_check.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column rank_check.mode is 'Mode of transport.';
comment on column rank_check.service is 'Which trains are counted.';
comment on column rank_check.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column rank_check.observation_id is 'The stated rank; joins to provenance.';
comment on column rank_check.total_observation_id is 'The observation of the total.';
comment on column rank_check.above_observation_ids is 'Totals of the places that surely have more.';
comment on column rank_check.behind_observation_ids is 'Ranks, and then totals, of places that are ranked behind and surely have more.';
