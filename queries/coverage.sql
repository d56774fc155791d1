-- One row per port, metric and calendar month: from the first month that a figure touches to the last, and on to the book's newest day where the series has a rhythm.
-- needs: current_observation
--
-- A figure of a year counts in each of its twelve months; one with no known start counts in
-- the month of its end; one with no known end in none. `within` counts the figures that speak
-- of that month, or of days of it, alone. Start, gaps and rhythm are those of what happened: a plan
-- makes no month covered. The rhythm is the usual distance of the months in which a figure's period ends (three of
-- them at least), the delay the one that nine of ten of them kept. The book has no clock: what is overdue is so on
-- its newest day of publication.
create or replace view coverage as
with dated as (
    select
        *,
        date_trunc('month', coalesce(period_start, period_end)) as first_month,
        date_trunc('month', period_end) as last_month
    from current_observation
    where period_end is not null
),
by_month as (
    select
        *,
        unnest(range(first_month, last_month + interval 1 month, interval 1 month)) as month
    from dated
),
counted as (
    select
        port,
        metric,
        month,
        count(*) as observations,
        count(*) filter (where nature = 'actual') as actuals,
        count(*) filter (where period_start >= month and first_month = last_month) as within,
        count(distinct measure) as measures,
        count(distinct article_id) as articles,
        count(distinct publisher) as publishers,
        max(published_on) as last_published_on,
        count(*) filter (where nature = 'actual' and last_month = month) as ends,
        min(published_on - period_end) filter (where nature = 'actual' and last_month = month) as delay,
        list(observation_id order by observation_id) as observation_ids
    from by_month
    group by port, metric, month
),
ended as (
    select
        port,
        metric,
        greatest(delay, 0) as delay,
        date_diff('month', lag(month) over (partition by port, metric order by month), month) as step
    from counted
    where ends > 0
),
rhythm as (
    select
        port,
        metric,
        quantile_disc(step, 0.5) as every_months,
        quantile_disc(delay, 0.9) as usual_delay
    from ended
    group by port, metric
    having count(step) > 1
),
newest as (
    select max(published_on) as day
    from current_observation
),
span as (
    select
        c.port,
        c.metric,
        min(c.month) as first_month,
        -- To the newest day where the next figure can be told to be missing.
        greatest(max(c.month), any_value(case when r.every_months is not null then date_trunc('month', n.day) end))
            as last_month
    from counted as c
    cross join newest as n
    left join rhythm as r on c.port = r.port and c.metric = r.metric
    where c.actuals > 0
    group by c.port, c.metric
),
calendar as (
    select
        port,
        metric,
        unnest(range(first_month, last_month + interval 1 month, interval 1 month)) as month,
        first_month
    from span
),
laid as (
    select
        coalesce(a.port, c.port) as port,
        coalesce(a.metric, c.metric) as metric,
        coalesce(a.month, c.month) as month,
        a.first_month,
        a.month is not null and coalesce(c.actuals, 0) = 0 as is_gap,
        c.* exclude (port, metric, month)
    from calendar as a
    full join counted as c on a.port = c.port and a.metric = c.metric and a.month = c.month
),
placed as (
    select
        l.*,
        r.every_months,
        r.usual_delay,
        max(case when l.ends > 0 then l.month end) over so_far as last_ended,
        max(case when not l.is_gap then l.month end) over so_far as last_covered
    from laid as l
    left join rhythm as r on l.port = r.port and l.metric = r.metric
    window
        so_far as (
            partition by l.port, l.metric order by l.month rows between unbounded preceding and current row
        )
),
due as (
    select
        *,
        case
            when is_gap and date_diff('month', last_ended, month) % every_months = 0
                then last_day(month) + cast(usual_delay as integer) + 1
        end as due_on
    from placed
),
final as (
    select
        d.port,
        d.metric,
        cast(d.month as date) as period_start,
        last_day(d.month) as period_end,
        coalesce(d.observations, 0) as observations,
        coalesce(d.within, 0) as within,
        coalesce(d.publishers, 0) as publishers,
        d.is_gap,
        case when d.is_gap then date_diff('month', d.last_covered, d.month) else 0 end as gap_months,
        case when d.due_on <= n.day then d.due_on end as overdue_since,
        cast(d.first_month as date) as series_start,
        date_diff('month', d.first_month, d.month) as months_since_start,
        d.every_months,
        d.usual_delay as usual_delay_days,
        coalesce(d.measures, 0) as measures,
        coalesce(d.articles, 0) as articles,
        d.last_published_on,
        coalesce(d.observation_ids, []) as observation_ids
    from due as d
    cross join newest as n
)
select * from final;
comment on view coverage is 'What the book has for each port, metric and month, from how many publishers; gaps and what is overdue.';
comment on column coverage.port is 'Reporting place.';
comment on column coverage.metric is 'What is counted.';
comment on column coverage.period_start is 'First day of the month.';
comment on column coverage.period_end is 'Last day of the month.';
comment on column coverage.observations is 'Figures whose period touches the month; 0 in a gap.';
comment on column coverage.within is 'Figures that speak of this month, or of days of it, alone.';
comment on column coverage.publishers is 'Publishers that they come from.';
comment on column coverage.is_gap is 'True where the series has begun and nothing is told of what happened in the month.';
comment on column coverage.gap_months is 'Months in a row without a figure, up to this one; 0 where there is one.';
comment on column coverage.overdue_since is 'The day after which, by rhythm and delay of the series, a figure was to be expected and has not come; null where none is overdue.';
comment on column coverage.series_start is 'First month of which the series tells what happened; null for months that only plans speak of.';
comment on column coverage.months_since_start is 'Months from there, 0 for the first.';
comment on column coverage.every_months is 'Usual distance, in months, of those in which a period ends: 1 monthly, 3 quarterly, 12 yearly; null where fewer than three.';
comment on column coverage.usual_delay_days is 'Days from the end of the period to publication that nine of ten kept.';
comment on column coverage.measures is 'Different measures among the figures.';
comment on column coverage.articles is 'Articles that they come from.';
comment on column coverage.last_published_on is 'Day the newest of the articles came out.';
comment on column coverage.observation_ids is 'The observations, in order; each joins to provenance.';
