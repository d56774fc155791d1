-- One row per stated share: the part, the whole that it implies, and the whole that the book has.
-- needs: level_link, standing_latest, standing_observation
-- once: latest_choice
--
-- 1,835 trains that are 20 % imply a whole of 9,175, and 20 % of 9,175 imply 1,835. The whole is
-- the level that the words tie the share to, where they tie it to that and not to the part; else
-- that of the place that the words name. Where they name none, it is the place's own total, if the
-- part is narrower than that (goods, people, a partner, one direction). A whole that is the part's
-- own place counts all goods and partners, and both directions where the part is one of them and
-- nothing else; another place's whole counts the same ones as the part. Only the article's own words
-- can tie a part to a whole of other trains, another mode or period: unequal_in says so, and such a
-- pair neither agrees nor disagrees. Two publishers that state
-- one share are two rows. Stated values are exact decimals, computed ones double.
create or replace view shares as
with share as (
    select
        *,
        case
            when whole is not null then whole
            when
                breakdown is not null
                or partner is not null
                or scope <> 'port'
                or direction in ('export', 'import')
                then port
        end as whole_port,
        -- Exports as such are a part of both directions; goods or a partner's are one of all exports.
        coalesce(direction in ('export', 'import'), false)
        and breakdown is null
        and partner is null
        and coalesce(whole, port) = port as is_of_both
    from standing_observation
    where measure = 'share_pct' and unit = '%' and article_id is not null  -- standing_observation says why
),
linked as materialized (
    select * from level_link
),
tied_whole as (
    select
        k.observation_id,
        w.observation_id as whole_observation_id,
        w.port as whole_port,
        w.measure as whole_measure,
        w.unit as whole_unit,
        w.value as whole_level,
        w.low as whole_low,
        w.high as whole_high,
        w.scope as whole_scope,
        w.mode as whole_mode,
        w.service as whole_service,
        w.nature as whole_nature,
        w.period_start as whole_start,
        w.period_end as whole_end
    from linked as k
    inner join standing_observation as w on k.level_observation_id = w.observation_id
    where k.role = 'whole'
),
part as (
    select
        k.observation_id,
        k.link,
        p.observation_id as part_observation_id,
        p.measure as part_measure,
        p.value as part,
        p.low as part_low,
        p.high as part_high,
        p.unit as part_unit,
        p.mode as part_mode,
        p.service as part_service,
        p.nature as part_nature,
        p.period_start as part_start,
        p.period_end as part_end
    from linked as k
    inner join standing_observation as p on k.level_observation_id = p.observation_id
    left join tied_whole as w on k.observation_id = w.observation_id
    where
        k.role = 'level'
        -- Beside a whole in the article's own words, a part in another unit is not what they divide.
        and p.unit = coalesce(w.whole_unit, p.unit)
        and p.measure = coalesce(w.whole_measure, p.measure)
),
with_part as (
    select
        s.* replace (coalesce(w.whole_port, s.whole_port) as whole_port),
        p.* exclude (observation_id)
    from share as s
    left join tied_whole as w on s.observation_id = w.observation_id
    left join part as p on s.observation_id = p.observation_id
),
book_whole as (
    select
        s.observation_id,
        w.observation_id as whole_observation_id,
        w.port as whole_port,
        w.measure as whole_measure,
        w.unit as whole_unit,
        w.value as whole_level,
        w.low as whole_low,
        w.high as whole_high,
        w.scope as whole_scope,
        w.mode as whole_mode,
        w.service as whole_service,
        w.nature as whole_nature,
        w.period_start as whole_start,
        w.period_end as whole_end
    from with_part as s
    inner join standing_latest as w
        on
            s.whole_port = w.port
            and s.metric = w.metric
            and s.part_measure = w.measure
            and s.part_unit = w.unit
            and s.nature = w.nature
            and s.period_end = w.period_end
            and s.period_start is not distinct from w.period_start
            and (
                (s.is_of_both and coalesce(w.direction, 'both') = 'both')
                or (not s.is_of_both and s.direction is not distinct from w.direction)
            )
            and s.mode is not distinct from w.mode
            and s.service is not distinct from w.service
            and w.partner is not distinct from (case when s.whole_port <> s.port then s.partner end)
            and w.breakdown is not distinct from (case when s.whole_port <> s.port then s.breakdown end)
    anti join tied_whole as t on s.observation_id = t.observation_id
    where
        w.scope = 'port'
        and w.whole is null
        -- A place's own total is no whole of the same total.
        and (
            s.whole_port <> s.port
            or s.partner is not null
            or s.breakdown is not null
            or s.scope <> 'port'
            or s.is_of_both
        )
    qualify row_number() over (partition by s.observation_id order by w.direction asc nulls last) = 1
),
whole as (
    select * from tied_whole
    union all
    select * from book_whole
),
computed as (
    select
        s.*,
        w.whole_observation_id,
        w.whole_measure,
        w.whole_unit,
        w.whole_level,
        w.whole_low,
        w.whole_high,
        a.published_on,
        a.publisher,
        nullif(
            concat_ws(
                ', ',
                case when w.whole_service is distinct from s.part_service then 'service' end,
                case when w.whole_mode is distinct from s.part_mode then 'mode' end,
                case when w.whole_nature is distinct from s.part_nature then 'nature' end,
                case when w.whole_scope <> 'port' then 'scope' end,
                case
                    when w.whole_start is distinct from s.part_start or w.whole_end is distinct from s.part_end
                        then 'period'
                end
            ),
            ''
        ) as unequal_in,
        cast(w.whole_level as double) * cast(s.value as double) / 100 as implied_part,
        cast(w.whole_low as double) * cast(s.low as double) / 100 as implied_part_low,
        cast(w.whole_high as double) * cast(s.high as double) / 100 as implied_part_high,
        case when s.value > 0 then 100 * cast(s.part as double) / cast(s.value as double) end as implied_whole,
        case
            when s.high > 0 then 100 * cast(s.part_low as double) / cast(s.high as double)
        end as implied_whole_low,
        case
            when s.low > 0 then 100 * cast(s.part_high as double) / cast(s.low as double)
        end as implied_whole_high,
        100 * cast(s.part as double) / nullif(cast(w.whole_level as double), 0) as computed_share,
        case
            when w.whole_high > 0 then 100 * cast(s.part_low as double) / cast(w.whole_high as double)
        end as computed_low,
        case
            when w.whole_low > 0 then 100 * cast(s.part_high as double) / cast(w.whole_low as double)
        end as computed_high
    from with_part as s
    inner join article as a on s.article_id = a.article_id
    left join whole as w on s.observation_id = w.observation_id
),
final as (
    select
        port,
        metric,
        period_start,
        period_end,
        value as share,
        whole_port,
        part,
        coalesce(part_unit, whole_unit) as part_unit,
        implied_whole,
        implied_whole_low,
        implied_whole_high,
        whole_level,
        implied_part,
        implied_part_low,
        implied_part_high,
        computed_share,
        computed_low,
        computed_high,
        case
            when part is not null and whole_level is not null and unequal_in is null
                then
                    coalesce(low <= computed_high + 1e-9 * (1 + abs(computed_high)), true)
                    and coalesce(high >= computed_low - 1e-9 * (1 + abs(computed_low)), true)
        end as agrees,
        case when part is not null and whole_level is not null then unequal_in end as unequal_in,
        low as share_low,
        high as share_high,
        part_low,
        part_high,
        whole_low,
        whole_high,
        coalesce(part_measure, whole_measure) as part_measure,
        link,
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
        part_observation_id,
        whole_observation_id
    from computed
)
select * from final;
comment on view shares is 'Stated shares, with the part, the whole that they imply and the whole that the book has.';
comment on column shares.port is 'Reporting place.';
comment on column shares.metric is 'What is counted.';
comment on column shares.period_start is 'First day of the period; null where the text does not say.';
comment on column shares.period_end is 'Last day of the period, inclusive.';
comment on column shares.share is 'Stated share in percent.';
comment on column shares.whole_port is 'The place that it is a share of; null where the words do not tell.';
comment on column shares.part is 'Level of the part; null where the book has none.';
comment on column shares.part_unit is 'Unit of part and whole.';
comment on column shares.implied_whole is 'Part divided by share.';
comment on column shares.implied_whole_low is 'Least part by greatest share.';
comment on column shares.implied_whole_high is 'Greatest part by least share.';
comment on column shares.whole_level is 'Level of the whole that the book has: tied by the words, else as latest chose it.';
comment on column shares.implied_part is 'Share of the whole of the book.';
comment on column shares.implied_part_low is 'Least share of the least whole.';
comment on column shares.implied_part_high is 'Greatest share of the greatest whole.';
comment on column shares.computed_share is 'Part divided by the whole of the book, in percent.';
comment on column shares.computed_low is 'Least that the intervals of both support.';
comment on column shares.computed_high is 'Most that the intervals of both support.';
comment on column shares.agrees is 'True where the stated and the computed interval meet; null where nothing could be computed.';
comment on column shares.unequal_in is 'What part and whole differ in beyond the part itself: service, mode, nature, scope, period; null where they are alike.';
comment on column shares.share_low is 'Lower end of the share.';
comment on column shares.share_high is 'Upper end of the share.';
comment on column shares.part_low is 'Lower end of the part.';
comment on column shares.part_high is 'Upper end of the part.';
comment on column shares.whole_low is 'Lower end of the whole.';
comment on column shares.whole_high is 'Upper end of the whole.';
comment on column shares.part_measure is 'What part and whole say: a total, a stock, …';
comment on column shares.link is 'How the part was found: words (the article ties them), same article or other article.';
comment on column shares.partner is 'Counterpart of a trade or a route.';
comment on column shares.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column shares.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column shares.mode is 'Mode of transport.';
comment on column shares.service is 'Which trains are counted.';
comment on column shares.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column shares.nature is 'actual, plan or capacity.';
comment on column shares.published_on is 'Day the article came out.';
comment on column shares.publisher is 'Who published it.';
comment on column shares.observation_id is 'The stated share; joins to provenance.';
comment on column shares.part_observation_id is 'The observation of the part.';
comment on column shares.whole_observation_id is 'The observation of the whole.';
