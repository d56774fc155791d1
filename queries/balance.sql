-- One row per stated total and way of parting it (directions, months, places inside the place), and per two directions without a total.
-- needs: standing_total
-- once: standing_total
--
-- Outbound and inbound make the whole, where one is stated, and so do months where each of the period
-- is stated: the two intervals must meet. All corridors of China-Europe trains make the country's. Other places
-- inside a place seldom are all of it: their sum must not be above the whole. Parts and whole are alike in all else. Only places of one kind are summed
-- (corridors, provinces, customs districts): places of two kinds may be one inside the other.
create or replace view balance as
with by_direction as (
    select
        'directions' as parted_by,
        min(p.observation_id) over (
            partition by
                p.port, p.metric, p.unit, p.period_start, p.period_end, p.partner, p.mode, p.service, p.breakdown
        ) as group_id,
        w.observation_id as whole_observation_id,
        2 as parts_wanted,
        p.direction as part_direction,
        p.value,
        p.low,
        p.high,
        p.observation_id
    from standing_total as p
    left join standing_total as w
        on
            w.scope = p.scope
            and w.port = p.port
            and w.metric = p.metric
            and w.unit = p.unit
            and w.period_start = p.period_start
            and w.period_end = p.period_end
            and w.partner is not distinct from p.partner
            and w.mode is not distinct from p.mode
            and w.service is not distinct from p.service
            and w.breakdown is not distinct from p.breakdown
            and coalesce(w.direction, 'both') = 'both'
    where p.scope = 'port' and p.direction in ('export', 'import')
),
by_month as (
    select
        'months' as parted_by,
        w.observation_id as group_id,
        w.observation_id as whole_observation_id,
        cast(date_diff('month', w.period_start, w.period_end) + 1 as integer) as parts_wanted,
        null as part_direction,
        p.value,
        p.low,
        p.high,
        p.observation_id
    from standing_total as w
    inner join standing_total as p
        on
            w.series = p.series
            and year(w.period_start) = year(p.period_start)
            and w.period_start <= p.period_start
            and w.period_end >= p.period_end
    where
        w.scope = 'port'
        and w.period_start = date_trunc('month', w.period_start)
        and w.period_end = last_day(w.period_end)
        and last_day(w.period_start) < w.period_end
        and p.period_start = date_trunc('month', p.period_start)
        and p.period_end = last_day(p.period_start)
),
-- A China-Europe train takes one of the corridors that the gazetteer has for the country.
corridor as (
    select
        parent,
        count(*) as corridors
    from port
    where slug like 'corridor-%'
    group by parent
),
by_place as (
    select
        case
            when inner_place.slug like 'corridor-%' then 'corridors'
            when inner_place.kind <> 'region' then 'places: ' || inner_place.kind
            else 'places: province'
        end as parted_by,
        w.observation_id as group_id,
        w.observation_id as whole_observation_id,
        cast(
            case when inner_place.slug like 'corridor-%' and w.service = 'china_europe' then c.corridors end as integer
        ) as parts_wanted,
        null as part_direction,
        p.value,
        p.low,
        p.high,
        p.observation_id
    from standing_total as p
    inner join port as inner_place on p.port = inner_place.slug
    left join corridor as c on inner_place.parent = c.parent
    inner join standing_total as w
        on
            inner_place.parent = w.port
            and w.scope = p.scope
            and w.metric = p.metric
            and w.unit = p.unit
            and w.period_start = p.period_start
            and w.period_end = p.period_end
            and w.partner is not distinct from p.partner
            and w.direction is not distinct from p.direction
            and w.mode is not distinct from p.mode
            and w.service is not distinct from p.service
            and w.breakdown is not distinct from p.breakdown
    where
        p.scope = 'port'
        -- A province has its ISO 3166-2 code; other regions (a joint service, a trade corridor) lie across them.
        and (
            inner_place.kind <> 'region'
            or inner_place.slug like 'corridor-%'
            or regexp_full_match(inner_place.slug, '[a-z]{2}-[a-z0-9]{1,3}')
        )
),
part as (
    select * from by_direction
    union all
    select * from by_month
    union all
    select * from by_place
),
summed as (
    select
        coalesce(whole_observation_id, min(observation_id)) as told_by,
        whole_observation_id,
        parted_by,
        max(value) filter (where part_direction = 'export') as outbound,
        max(value) filter (where part_direction = 'import') as inbound,
        max(low) filter (where part_direction = 'export') as outbound_low,
        max(high) filter (where part_direction = 'export') as outbound_high,
        max(low) filter (where part_direction = 'import') as inbound_low,
        max(high) filter (where part_direction = 'import') as inbound_high,
        any_value(parts_wanted) as parts_wanted,
        count(*) as parts,
        sum(value) as parts_sum,
        case when count(low) = count(*) then sum(low) end as parts_low,
        case when count(high) = count(*) then sum(high) end as parts_high,
        list(observation_id order by observation_id) as part_observation_ids
    from part
    group by group_id, whole_observation_id, parted_by
),
final as (
    select
        t.port,
        t.metric,
        t.period_start,
        t.period_end,
        s.parted_by,
        s.parts,
        w.value as whole,
        s.parts_sum,
        t.unit,
        s.outbound,
        s.inbound,
        cast(s.outbound as double) / nullif(cast(s.inbound as double), 0) as outbound_to_inbound,
        cast(s.outbound_low as double) / nullif(cast(s.inbound_high as double), 0) as outbound_to_inbound_low,
        case when s.inbound_low > 0 then cast(s.outbound_high as double) / cast(s.inbound_low as double) end
            as outbound_to_inbound_high,
        cast(w.value - s.parts_sum as double) as difference,
        coalesce(s.parts = s.parts_wanted, false) as is_complete,
        case
            when w.value is null then null
            when coalesce(s.parts_low > w.high, false) then false
            when s.parts_wanted is null or s.parts < s.parts_wanted then null
            else not coalesce(s.parts_high < w.low, false)
        end as agrees,
        w.low as whole_low,
        w.high as whole_high,
        s.parts_low,
        s.parts_high,
        t.partner,
        w.direction,
        t.mode,
        t.service,
        t.breakdown,
        w.observation_id as whole_observation_id,
        s.part_observation_ids
    from summed as s
    inner join standing_total as t on s.told_by = t.observation_id
    left join standing_total as w on s.whole_observation_id = w.observation_id
    -- One direction is no sum of two, nor is one month a period.
    where s.parts > 1 or s.parted_by not in ('directions', 'months')
)
select * from final;
comment on view balance is 'Stated totals beside the sum of their parts: outbound and inbound, the months of the period, the places inside the place.';
comment on column balance.port is 'Reporting place.';
comment on column balance.metric is 'What is counted.';
comment on column balance.period_start is 'First day of the period; null where the text does not say.';
comment on column balance.period_end is 'Last day of the period, inclusive.';
comment on column balance.parted_by is 'directions, months, corridors, or places of one kind.';
comment on column balance.parts is 'Parts that the book has.';
comment on column balance.whole is 'Stated total; null where none is stated of two directions.';
comment on column balance.parts_sum is 'Sum of the parts.';
comment on column balance.unit is 'Unit of the stated numbers.';
comment on column balance.outbound is 'Of directions, the outbound part.';
comment on column balance.inbound is 'Of directions, the inbound part.';
comment on column balance.outbound_to_inbound is 'Outbound over inbound.';
comment on column balance.outbound_to_inbound_low is 'Least that both intervals support.';
comment on column balance.outbound_to_inbound_high is 'Most that both intervals support.';
comment on column balance.difference is 'Whole less the sum of the parts.';
comment on column balance.is_complete is 'True where the book has every part; never told of places.';
comment on column balance.agrees is 'False where the parts are more than the whole, or complete and less; true where complete and the intervals meet; else null.';
comment on column balance.whole_low is 'Lower end of the whole.';
comment on column balance.whole_high is 'Upper end of the whole.';
comment on column balance.parts_low is 'Sum of the lower ends.';
comment on column balance.parts_high is 'Sum of the upper ends.';
comment on column balance.partner is 'Counterpart of a trade or a route.';
comment on column balance.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column balance.mode is 'Mode of transport.';
comment on column balance.service is 'Which trains are counted.';
comment on column balance.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column balance.whole_observation_id is 'The observation of the whole, where there is one; joins to provenance.';
comment on column balance.part_observation_ids is 'The observations of the parts.';
