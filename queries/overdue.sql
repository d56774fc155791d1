-- One row per series that is overdue on a day by its own rhythm.
-- needs: current_observation
--
-- `from overdue('2025-09-01', 4, 1.5)`: series with at least four releases (days on which a period was
-- told of for the first time) whose longest gap is at most twice the usual one, and that were silent
-- for more than one and a half times that longest gap. One that has been silent for twelve usual gaps
-- has ended, and is no longer overdue.
-- noqa: disable=all
create or replace macro overdue(day, releases, late) as table
with told as (
    select *
    from current_observation
    where
        scope = 'port'
        and nature = 'actual'
        and period_end is not null
        and published_on <= cast(day as date)
        and measure in ('total', 'daily_mean', 'weekly_mean', 'monthly_mean', 'level')
    qualify
        row_number() over (
            partition by
                port, partner, metric, measure, direction, mode, service, breakdown, unit, whole, period_start,
                period_end
            order by published_on asc, observation_id asc
        ) = 1
),
-- Of what one day told, the newest period stands for the series.
released as (
    select *
    from told
    qualify
        row_number() over (
            partition by
                port, partner, metric, measure, direction, mode, service, breakdown, unit, whole, published_on
            order by period_end desc, observation_id asc
        ) = 1
),
gapped as (
    select
        *,
        published_on - lag(published_on) over (
            partition by port, partner, metric, measure, direction, mode, service, breakdown, unit, whole
            order by published_on
        ) as gap
    from released
),
rhythm as (
    select
        port,
        metric,
        measure,
        period_start,
        period_end,
        value,
        unit,
        count(*) over series as known_releases,
        median(gap) over series as usual_gap,
        max(gap) over series as longest_gap,
        published_on as last_published_on,
        partner,
        direction,
        mode,
        service,
        breakdown,
        observation_id
    from gapped
    window
        series as (
            partition by port, partner, metric, measure, direction, mode, service, breakdown, unit, whole
        )
    qualify
        row_number() over (
            partition by port, partner, metric, measure, direction, mode, service, breakdown, unit, whole
            order by published_on desc
        ) = 1
),
final as (
    select
        *,
        cast(last_published_on + to_days(cast(ceil(usual_gap) as integer)) as date) as due_on,
        cast(day as date) - last_published_on as silent_days
    from rhythm
    where
        known_releases >= releases
        and longest_gap <= 2 * usual_gap
        and cast(day as date) - last_published_on > late * longest_gap
        and cast(day as date) - last_published_on <= 12 * usual_gap
)
select * from final;
comment on macro table overdue is 'Series with a steady rhythm of so many releases that are late on a day, by their own longest gap.';
