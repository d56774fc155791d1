-- One row per whole and set of its stated shares that exclude one another: places of one kind, or both directions of a place.
-- needs: standing_latest
--
-- Shares of several places in one whole are at most all of it. Only places of one kind are summed, none of
-- them inside another; of hubs and seaports the gazetteer has cities beside their districts, and they are left out.
-- Exports and imports of a place are all of its trade: their shares make 100. Shares of goods and of
-- partners may overlap (machines and cars, the EU and Germany) and are not summed.
create or replace view share_sum as
with share as (
    select
        l.*,
        p.kind,
        p.parent,
        coalesce(l.whole, l.port) as whole_port,
        case
            when coalesce(l.whole, l.port) = l.port then null
            when l.port like 'corridor-%' then 'corridors'
            when p.kind <> 'region' then 'places: ' || p.kind
            -- A province has its ISO 3166-2 code; other regions lie across them.
            when regexp_full_match(l.port, '[a-z]{2}-[a-z0-9]{1,3}') then 'places: province'
        end as place_kind,
        coalesce(l.whole, l.port) = l.port
        and coalesce(l.direction in ('export', 'import'), false)
        and l.breakdown is null
        and l.partner is null as is_direction
    from standing_latest as l
    inner join port as p on l.port = p.slug
    where
        l.measure = 'share_pct' and l.unit = '%' and l.nature = 'actual' and l.scope = 'port'
        and l.period_end is not null
),
by_place as (
    select
        s.place_kind as parted_by,
        null as parts_wanted,
        s.direction as of_direction,
        s.*
    from share as s
    left join share as around
        on
            s.parent = around.port
            and s.place_kind = around.place_kind
            and s.whole_port = around.whole_port
            and s.metric = around.metric
            and s.period_end = around.period_end
            and s.period_start is not distinct from around.period_start
    where s.place_kind not in ('places: inland_hub', 'places: sea') and around.port is null
),
by_direction as (
    select
        'directions' as parted_by,
        2 as parts_wanted,
        null as of_direction,
        *
    from share
    where is_direction
),
part as (
    select * from by_place
    union all
    select * from by_direction
),
summed as (
    select
        whole_port,
        metric,
        period_start,
        period_end,
        parted_by,
        any_value(parts_wanted) as parts_wanted,
        count(*) as parts,
        sum(value) as shares_sum,
        case when count(low) = count(*) then sum(low) end as shares_low,
        case when count(high) = count(*) then sum(high) end as shares_high,
        partner,
        of_direction as direction,
        mode,
        service,
        breakdown,
        list(observation_id order by observation_id) as share_observation_ids
    from part
    group by
        whole_port, metric, period_start, period_end, parted_by, partner, of_direction, mode, service, breakdown
    having count(*) > 1
),
final as (
    select
        whole_port,
        metric,
        period_start,
        period_end,
        parted_by,
        parts,
        cast(shares_sum as double) as shares_sum,
        cast(shares_low as double) as shares_low,
        cast(shares_high as double) as shares_high,
        coalesce(parts = parts_wanted, false) as is_complete,
        case
            when coalesce(shares_low > 100, false) then false
            when parts = parts_wanted then not coalesce(shares_high < 100, false)
            when shares_low is not null then true
        end as agrees,
        partner,
        direction,
        mode,
        service,
        breakdown,
        share_observation_ids
    from summed
)
select * from final;
comment on view share_sum is 'Shares of one whole that exclude one another, and their sum: places of one kind, or both directions.';
comment on column share_sum.whole_port is 'The place that they are shares of.';
comment on column share_sum.metric is 'What is counted.';
comment on column share_sum.period_start is 'First day of the period; null where the text does not say.';
comment on column share_sum.period_end is 'Last day of the period, inclusive.';
comment on column share_sum.parted_by is 'What the shares are of: places and their kind, corridors, or directions.';
comment on column share_sum.parts is 'Shares in the sum.';
comment on column share_sum.shares_sum is 'Their sum in percent.';
comment on column share_sum.shares_low is 'Sum of the lower ends; null where one is unbounded.';
comment on column share_sum.shares_high is 'Sum of the upper ends; null where one is unbounded.';
comment on column share_sum.is_complete is 'True where the shares are all there are, so that they make 100.';
comment on column share_sum.agrees is 'False where they are surely more than 100, or all there are and surely less; null where a lower end is open.';
comment on column share_sum.partner is 'Counterpart of a trade or a route.';
comment on column share_sum.direction is 'export is outbound, import inbound; null where the text does not say, and where both are summed.';
comment on column share_sum.mode is 'Mode of transport.';
comment on column share_sum.service is 'Which trains are counted.';
comment on column share_sum.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column share_sum.share_observation_ids is 'The shares; each joins to provenance.';
