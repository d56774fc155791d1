-- One row per monthly series and month that its claims speak of: true bounds, and an estimate that fits all claims at once.
--
-- A run that changes the book solves the series whose claims changed (docs/series.md); the claims are
-- in `series_fact`, those that had to be left out in `series_slips`. Where low and high are one number
-- the claims determine the month.
create or replace view monthly_series as
with final as (
    select
        s.port,
        s.metric,
        m.period_start,
        m.period_end,
        m.estimate,
        m.low,
        m.high,
        s.unit,
        coalesce(m.low = m.high, false) as is_exact,
        m.estimate / day(m.period_end) as per_day,
        s.partner,
        s.scope,
        s.direction,
        s.mode,
        s.service,
        s.breakdown,
        s.nature,
        s.series_id,
        m.low_observation_ids,
        m.high_observation_ids,
        list_sort(list_distinct(m.low_observation_ids || m.high_observation_ids)) as observation_ids
    from series_month as m
    inner join series as s on m.series_id = s.series_id
)
select * from final;
comment on view monthly_series is 'Months that agree with all totals, growths, means, peaks and shares of a series at once, with true bounds.';
comment on column monthly_series.port is 'Reporting place.';
comment on column monthly_series.metric is 'What is counted.';
comment on column monthly_series.period_start is 'First day of the month.';
comment on column monthly_series.period_end is 'Last day of the month.';
comment on column monthly_series.estimate is 'The smoothest that fits all claims; null where they do not speak of all its days.';
comment on column monthly_series.low is 'Least that the claims allow.';
comment on column monthly_series.high is 'Most that the claims allow; null is unbounded.';
comment on column monthly_series.unit is 'Unit of the numbers.';
comment on column monthly_series.is_exact is 'True where the claims leave one number.';
comment on column monthly_series.per_day is 'Estimate by days.';
comment on column monthly_series.partner is 'Counterpart of a trade or a route.';
comment on column monthly_series.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column monthly_series.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column monthly_series.mode is 'Mode of transport.';
comment on column monthly_series.service is 'Which trains are counted.';
comment on column monthly_series.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column monthly_series.nature is 'actual or plan.';
comment on column monthly_series.series_id is 'The series; two with different ids are never one.';
comment on column monthly_series.low_observation_ids is 'Observations that prove low; none where it is only that nothing is below zero.';
comment on column monthly_series.high_observation_ids is 'Observations that prove high.';
comment on column monthly_series.observation_ids is 'Both; each joins to provenance.';
