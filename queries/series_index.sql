-- One row per monthly series: what its claims have alike, and how much of it they determine.
create or replace view series_index as
with month as (
    select
        series_id,
        count(*) as months,
        count(*) filter (where low = high) as exact_months,
        min(period_start) as period_start,
        max(period_end) as period_end
    from series_month
    group by series_id
),
slip as (
    select
        series_id,
        count(*) as left_out
    from series_slip
    group by series_id
),
final as (
    select
        s.port,
        s.metric,
        s.unit,
        m.period_start,
        m.period_end,
        coalesce(m.months, 0) as months,
        coalesce(m.exact_months, 0) as exact_months,
        s.claims,
        coalesce(p.left_out, 0) as left_out,
        s.service,
        s.direction,
        s.mode,
        s.scope,
        s.partner,
        s.breakdown,
        s.nature,
        s.series_id
    from series as s
    left join month as m on s.series_id = m.series_id
    left join slip as p on s.series_id = p.series_id
)
select * from final;
comment on view series_index is 'Which monthly series there are, what tells them apart, and how much of each is determined.';
comment on column series_index.port is 'Reporting place.';
comment on column series_index.metric is 'What is counted.';
comment on column series_index.unit is 'Unit of the numbers.';
comment on column series_index.period_start is 'First day of the first month; null where only counts since an unknown beginning are told.';
comment on column series_index.period_end is 'Last day of the last month.';
comment on column series_index.months is 'How many months there are.';
comment on column series_index.exact_months is 'Of those, months that the claims leave one number.';
comment on column series_index.claims is 'How many claims there are; the view series_fact has them.';
comment on column series_index.left_out is 'Of those, claims that had to be left out; the view series_slips has them.';
comment on column series_index.service is 'Which trains are counted.';
comment on column series_index.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column series_index.mode is 'Mode of transport.';
comment on column series_index.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column series_index.partner is 'Counterpart of a trade or a route.';
comment on column series_index.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column series_index.nature is 'actual or plan.';
comment on column series_index.series_id is 'The series.';
