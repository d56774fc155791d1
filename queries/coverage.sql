-- One row per port, metric and calendar month that at least one figure's period touches.
-- needs: current_observation
--
-- A figure of a year counts in each of its twelve months; one with no known start counts in
-- the month of its end; one with no known end in none. `within` counts the figures that speak
-- of that month, or of days of it, alone.
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
final as (
    select
        port,
        metric,
        cast(month as date) as period_start,
        last_day(month) as period_end,
        count(*) as observations,
        count(*) filter (where period_start >= month and first_month = last_month) as within,
        count(distinct measure) as measures,
        count(distinct article_id) as articles,
        count(distinct publisher) as publishers,
        max(published_on) as last_published_on,
        list(observation_id order by observation_id) as observation_ids
    from by_month
    group by port, metric, month
)
select * from final;
comment on view coverage is 'What the book has for each port, metric and month.';
comment on column coverage.port is 'Reporting place.';
comment on column coverage.metric is 'What is counted.';
comment on column coverage.period_start is 'First day of the month.';
comment on column coverage.period_end is 'Last day of the month.';
comment on column coverage.observations is 'Figures whose period touches the month.';
comment on column coverage.within is 'Figures that speak of this month, or of days of it, alone.';
comment on column coverage.measures is 'Different measures among them.';
comment on column coverage.articles is 'Articles that they come from.';
comment on column coverage.publishers is 'Publishers that they come from.';
comment on column coverage.last_published_on is 'Day the newest of the articles came out.';
comment on column coverage.observation_ids is 'The observations, in order; each joins to provenance.';
