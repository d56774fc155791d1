-- One row per stated lead: a count that was reached some days earlier or later than in the year before.
-- needs: standing_observation
--
-- 6,000 by 8 August, 46 days earlier than last year: last year's 6,000 came by 23 September. A count
-- is said to be reached "by" a day, which may be a day of the report and later than the one it was
-- reached on; then the same holds of last year's day: by that day the count had been reached. Only counts
-- that run from the beginning of a year have such a day, and only where it lies in that year.
create or replace view milestones as
with lead_stated as (
    select *
    from standing_observation
    where measure = 'lead_days' and unit = 'day' and nature = 'actual' and period_end is not null
),
reached as (
    select *
    from standing_observation
    where measure = 'total' and nature = 'actual' and period_start = date_trunc('year', period_end)
),
paired as (
    select
        k.value as days_earlier,
        k.low as days_earlier_low,
        k.high as days_earlier_high,
        k.observation_id as lead_observation_id,
        t.*
    from lead_stated as k
    inner join reached as t
        on
            k.article_id = t.article_id
            and k.port = t.port
            and k.metric = t.metric
            and k.scope = t.scope
            and k.period_end = t.period_end
            and k.partner is not distinct from t.partner
            and k.direction is not distinct from t.direction
            and k.mode is not distinct from t.mode
            and k.service is not distinct from t.service
            and k.breakdown is not distinct from t.breakdown
    qualify
        row_number() over (
            partition by k.observation_id
            order by coalesce(k.relates_to = t.figure_id, false) desc, t.observation_id asc
        ) = 1
),
dated as (
    select
        *,
        cast(period_start - interval 1 year as date) as before_start,
        cast(period_end - interval 1 year as date) + cast(round(days_earlier) as integer) as before_on,
        -- Of a lead that is only known to be so long or longer no last day is known.
        cast(period_end - interval 1 year as date) + cast(ceil(days_earlier_high) as integer) as before_until
    from paired
),
final as (
    select
        d.port,
        d.metric,
        d.value as count_reached,
        d.unit,
        d.period_end as reached_on,
        d.days_earlier,
        d.before_on as reached_before_on,
        d.before_until as reached_before_until,
        cast(d.value as double) / d.days as per_day,
        cast(d.value as double) / (d.before_on - d.before_start + 1) as per_day_before,
        d.low as count_low,
        d.high as count_high,
        d.days_earlier_low,
        d.days_earlier_high,
        d.period_start,
        d.period_end,
        d.before_start,
        d.partner,
        d.scope,
        d.direction,
        d.mode,
        d.service,
        d.breakdown,
        a.published_on,
        a.publisher,
        d.lead_observation_id as observation_id,
        d.observation_id as count_observation_id
    from dated as d
    inner join article as a on d.article_id = a.article_id
    where d.before_on >= d.before_start and d.before_on < d.period_start
)
select * from final;
comment on view milestones is 'Counts reached earlier or later than the year before, with the day by which last year had the same count.';
comment on column milestones.port is 'Reporting place.';
comment on column milestones.metric is 'What is counted.';
comment on column milestones.count_reached is 'The count since the beginning of the year.';
comment on column milestones.unit is 'Unit of the count.';
comment on column milestones.reached_on is 'Day by which it was reached.';
comment on column milestones.days_earlier is 'Days earlier than last year; later is negative.';
comment on column milestones.reached_before_on is 'Day of the year before by which the same count was reached.';
comment on column milestones.reached_before_until is 'The same at the longest lead that the words support; null where they bound none.';
comment on column milestones.per_day is 'Count by days from the beginning of the year.';
comment on column milestones.per_day_before is 'The same of the year before.';
comment on column milestones.count_low is 'Lower end of the count.';
comment on column milestones.count_high is 'Upper end of the count.';
comment on column milestones.days_earlier_low is 'Shortest lead that the words support.';
comment on column milestones.days_earlier_high is 'Longest lead that the words support; null is unbounded.';
comment on column milestones.period_start is 'First day of the count.';
comment on column milestones.period_end is 'Last day of the count.';
comment on column milestones.before_start is 'First day of the count a year before.';
comment on column milestones.partner is 'Counterpart of a trade or a route.';
comment on column milestones.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column milestones.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column milestones.mode is 'Mode of transport.';
comment on column milestones.service is 'Which trains are counted.';
comment on column milestones.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column milestones.published_on is 'Day the article came out.';
comment on column milestones.publisher is 'Who published it.';
comment on column milestones.observation_id is 'The stated lead; joins to provenance.';
comment on column milestones.count_observation_id is 'The observation of the count.';
